#include "store/testing/model_store.hpp"

#include "base/check.hpp"

namespace meridian::testing {

using store::CommitRequest;
using store::local_writer;
using store::Write;
using store::WriteKind;

fhir::Document document_of(std::string json) {
  fhir::DocumentParser parser;
  Issues issues;
  fhir::Document document = parser.parse(std::move(json), issues);
  CHECK(document.has_root());
  return document;
}

Write update_of(std::string json) {
  Write write;
  write.kind = WriteKind::update;
  write.document = document_of(std::move(json));
  const fhir::Node root = write.document.root();
  const fhir::Node id = root.child("id");
  write.key = {std::string(write.document.schema().type(root.type()).name),
               std::string(id ? id.text() : std::string_view())};
  return write;
}

ModelStore::ModelStore(store::StoreOptions options)
    : options_(std::move(options)), disk_(std::make_shared<ModelDisk>()) {
  reopen();
}

ModelStore::~ModelStore() = default;

void ModelStore::reopen() {
  store_.reset();
  auto kv = open_model(store::Store::spaces(), disk_);
  CHECK(kv.has_value());
  auto opened = store::Store::open(options_, std::move(*kv));
  CHECK(opened.has_value());
  store_ = std::move(*opened);
}

void ModelStore::crash() {
  disk_->crash();
  reopen();
}

ModelStore::Outcome ModelStore::commit(Write write) {
  CommitRequest request;
  request.writes.push_back(std::move(write));
  return store_->commit(local_writer(), std::move(request));
}

ModelStore::Outcome ModelStore::put(std::string json) {
  return commit(update_of(std::move(json)));
}

ModelStore::Outcome ModelStore::remove(const std::string& type, const std::string& id) {
  Write write;
  write.kind = WriteKind::remove;
  write.key = {type, id};
  return commit(std::move(write));
}

}  // namespace meridian::testing
