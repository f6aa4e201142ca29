// Ports of ingest: what the pipeline asks of the world for each message: what it becomes, whose it is, whether it is
// good enough, and who else is to have it.
//
// Each is one method. Implementations are called on the pool's threads, many at once, one at a time for one order key;
// they must not wait for sockets. What is wrong with a message goes into `issues`: an error or fatal one ends its way
// and makes it a dead letter, with the stage that said so; warnings go on. They outlive the pipeline.
#pragma once

#include <memory>
#include <vector>

#include "base/callback.hpp"
#include "base/issue.hpp"
#include "ingest/message.hpp"
#include "mapping/write.hpp"

namespace meridian::mapping {
class MergeRules;
}

namespace meridian::ingest {

using Writes = std::vector<mapping::Write>;

/// The bytes of a message to the writes that it means, at most one of a resource; none when it means none. A pure
/// function: the same message gives the same writes whenever it is asked, so that a replay writes nothing twice.
class Mapper {
 public:
  virtual ~Mapper() = default;
  virtual Writes map(const Message& message, Issues& issues) const = 0;
  /// By which the writes are laid over what is there.
  virtual std::shared_ptr<const mapping::MergeRules> rules() const = 0;
};

/// Who is this? May change ids and references in the writes. The plain one leaves them as the mapper made them.
class IdentityResolver {
 public:
  virtual ~IdentityResolver() = default;
  virtual void resolve(const Message& message, Writes& writes, Issues& issues) const = 0;
};

/// Is it good enough to be written? The plain one lets everything pass.
class QualityGate {
 public:
  virtual ~QualityGate() = default;
  virtual void check(const Message& message, const Writes& writes, Issues& issues) const = 0;
};

enum class Forwarded : std::uint8_t {
  done,
  refused,  ///< it will never be taken as it is: a dead letter; the issues say why
  failed,   ///< it is tried again after a pause
};
using ForwardDone = Callback<void(Forwarded, Issues)>;

/// Told of each message that was committed, or that is for nobody but it; again after a crash or a failure. `done` is
/// called once, by any thread, perhaps before forward() returns.
class Forwarder {
 public:
  virtual ~Forwarder() = default;
  virtual void forward(const Message& message, ForwardDone done) const = 0;
};

const IdentityResolver& plain_resolver();
const QualityGate& plain_gate();

}  // namespace meridian::ingest
