// FolderConnector: the messages of files that others put into a folder (drop_folder.hpp). A file is set aside when all
// its messages are safe; one that cannot be taken apart to its end is a dead letter, with why and its beginning.
#pragma once

#include <atomic>

#include "ingest/connector.hpp"
#include "ingest/drop_folder.hpp"

namespace meridian::ingest {

class FolderConnector final : public Connector {
 public:
  explicit FolderConnector(Intake& intake);

  Result<> open(net::Io& io) override;
  Result<> look() override;
  void pause() override { is_paused_ = true; }
  void resume() override { is_paused_ = false; }

 private:
  Result<> take(const std::string& name);
  Result<> refuse(const std::string& name, const Error& why);

  Intake& intake_;
  DropFolder folder_;
  std::atomic<bool> is_paused_ = false;
};

}  // namespace meridian::ingest
