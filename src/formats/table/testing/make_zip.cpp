#include "formats/table/testing/make_zip.hpp"

#include <sys/stat.h>
#include <zip.h>

#include "base/check.hpp"

namespace meridian::table::testing {

std::string make_zip(const std::vector<ZipPart>& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* whole = zip_source_buffer_create(nullptr, 0, 0, &error);
  CHECK(whole != nullptr);
  zip_t* archive = zip_open_from_source(whole, ZIP_CREATE | ZIP_TRUNCATE, &error);
  CHECK(archive != nullptr);
  zip_source_keep(whole);
  for (const ZipPart& part : parts) {
    zip_source_t* source = zip_source_buffer(archive, part.bytes.data(), part.bytes.size(), 0);
    const zip_int64_t index = zip_file_add(archive, part.name.c_str(), source, ZIP_FL_ENC_GUESS);
    CHECK(index >= 0);
    const auto number = static_cast<zip_uint64_t>(index);
    // Small parts are stored: it is quicker, and readers meet both.
    if (part.bytes.size() < 1024) CHECK(zip_set_file_compression(archive, number, ZIP_CM_STORE, 0) == 0);
    if (part.is_encrypted) CHECK(zip_file_set_encryption(archive, number, ZIP_EM_AES_256, "secret") == 0);
    if (part.is_link) {
      zip_file_set_external_attributes(archive, number, 0, ZIP_OPSYS_UNIX, zip_uint32_t{S_IFLNK | 0777U} << 16);
    }
  }
  CHECK(zip_close(archive) == 0);
  zip_error_fini(&error);
  std::string bytes;
  if (zip_source_open(whole) == 0) {
    zip_source_seek(whole, 0, SEEK_END);
    bytes.resize(static_cast<std::size_t>(zip_source_tell(whole)));
    zip_source_seek(whole, 0, SEEK_SET);
    CHECK(zip_source_read(whole, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size()));
    zip_source_close(whole);
  }
  zip_source_free(whole);
  return bytes;
}

}  // namespace meridian::table::testing
