#include "terminology/image.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/file_system.hpp"
#include "base/testing/temporary_folder.hpp"
#include "terminology/code_system_builder.hpp"
#include "terminology/folder.hpp"

namespace meridian::terminology {
namespace {

CodeSystemPtr some_system(const std::string& version = "1") {
  CodeSystemBuilder builder({.url = "http://example.org/s", .version = version, .name = "S", .language = "en"});
  const std::uint32_t top = builder.add("top", "Top");
  builder.set_abstract(top, true);
  for (const char* code : {"a", "b"}) builder.add_parent(builder.add(code, "Name"), "top");
  const std::uint32_t both = builder.add("both", "Both");
  builder.add_parent(both, "a");
  builder.add_parent(both, "b");
  builder.add_designation(both, "zh", "display", "两者");
  builder.add_property(both, "kind", ValueType::code, "x");
  builder.set_active(both, false);
  return builder.build()->system;
}

TEST(Image, gives_back_the_system_that_was_written) {
  const CodeSystemPtr system = some_system();
  const auto read = read_image(write_image(*system));
  ASSERT_TRUE(read.has_value());
  const CodeSystem& again = **read;
  EXPECT_EQ(again.about().url, "http://example.org/s");
  ASSERT_EQ(again.size(), 4U);
  const CodeNumber both = *again.find("both");
  EXPECT_EQ(again.display_in(both, "zh"), "两者");
  EXPECT_EQ(again.property(both, 0).value, "x");
  EXPECT_FALSE(again.is_active(both));
  EXPECT_TRUE(again.is_abstract(*again.find("top")));
  for (const char* above : {"top", "a", "b"}) EXPECT_TRUE(again.subsumes(*again.find(above), both)) << above;
  EXPECT_EQ(write_image(again), write_image(*system));
}

TEST(Image, refuses_bytes_that_were_changed_or_cut) {
  const std::string image = write_image(*some_system());
  for (std::size_t at = 0; at < image.size(); ++at) {
    std::string changed = image;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    EXPECT_FALSE(read_image(changed).has_value()) << at;
    EXPECT_FALSE(read_image(std::string_view(image).substr(0, at)).has_value()) << at;
  }
}

class FolderOfSystems : public ::testing::Test {
 protected:
  meridian::testing::TemporaryFolder place;
  const std::string path = place.path();
};

TEST_F(FolderOfSystems, keeps_systems_until_they_are_removed) {
  Folder folder = *Folder::open(system_files(), path);
  ASSERT_TRUE(folder.put(*some_system("1")).has_value());
  ASSERT_TRUE(folder.put(*some_system("2")).has_value());
  ASSERT_TRUE(folder.put(*some_system("2")).has_value());
  EXPECT_EQ(folder.load()->systems.size(), 2U);
  EXPECT_TRUE(*folder.remove("http://example.org/s", "1"));
  EXPECT_FALSE(*folder.remove("http://example.org/s", "1"));
  EXPECT_EQ(folder.load()->systems.at(0)->about().version, "2");
}

TEST_F(FolderOfSystems, tells_damaged_files_and_loads_the_rest) {
  Folder folder = *Folder::open(system_files(), path);
  ASSERT_TRUE(folder.put(*some_system()).has_value());
  std::ofstream(path + "/0000000000000000.codes") << "damaged";
  const Folder::Contents contents = *folder.load();
  EXPECT_EQ(contents.systems.size(), 1U);
  EXPECT_EQ(contents.faults.size(), 1U);
}

}  // namespace
}  // namespace meridian::terminology
