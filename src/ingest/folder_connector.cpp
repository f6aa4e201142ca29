#include "ingest/folder_connector.hpp"

#include <utility>

#include "base/file_system.hpp"
#include "base/log.hpp"
#include "ingest/feed.hpp"
#include "ingest/intake.hpp"
#include "ingest/message_format.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kBeginning = 4096;  // of a file that is refused

}  // namespace

FolderConnector::FolderConnector(Intake& intake) : intake_(intake), folder_(intake.feed().folder) {}

Result<> FolderConnector::open(net::Io& /*io*/) {
  log_info("feed looks into a folder", {{"feed", intake_.feed().name}, {"folder", intake_.feed().folder}});
  return {};
}

Result<> FolderConnector::look() {
  if (is_paused_) return {};
  for (const std::string& name : TRY(folder_.look())) {
    if (Result<> taken = take(name); !taken) {
      static_cast<void>(intake_.settle());  // the file comes again as a whole
      const ErrorCode code = taken.error().code();
      const bool is_of_file = code == ErrorCode::malformed_input || code == ErrorCode::too_large;
      if (!is_of_file) return fail(std::move(taken).error().within(name));
      TRY(refuse(name, taken.error()));
    }
    TRY(folder_.set_aside(name));
    log_info("file taken", {{"feed", intake_.feed().name}, {"file", name}});
  }
  return {};
}

/// Success when all its messages are safe.
Result<> FolderConnector::take(const std::string& name) {
  TakeMessage take = [this, &name](std::string content, std::string_view place) {
    intake_.take(std::move(content), "file " + name + (place.empty() ? "" : ", ") + std::string(place));
  };
  TRY(intake_.services().files->split(folder_.path_of(name), name, take));
  return intake_.settle();
}

Result<> FolderConnector::refuse(const std::string& name, const Error& why) {
  const auto file = TRY(system_files().open_sequential(folder_.path_of(name)));
  std::string beginning(kBeginning, '\0');
  beginning.resize(TRY(file->read(beginning)));
  return intake_.refuse(std::move(beginning), "file " + name, why,
                        "look at the file in taken/, mend it and put it into the folder again");
}

}  // namespace meridian::ingest
