#include "store/context.hpp"

namespace meridian::store {

ReadContext local_reader() {
  ReadContext context;
  context.actor.id = "local";
  context.purpose = "HOPERAT";
  return context;
}

WriteContext local_writer() {
  WriteContext context;
  context.actor.id = "local";
  context.purpose = "HOPERAT";
  return context;
}

}  // namespace meridian::store
