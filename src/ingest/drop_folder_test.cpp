#include "ingest/drop_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temporary_folder.hpp"

namespace meridian::ingest {
namespace {

using meridian::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DropFolders : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& content) {
    std::ofstream(folder_.path() + "/in/" + name) << content;
  }
  TemporaryFolder folder_;
  DropFolder drop_{folder_.path() + "/in"};
};

TEST_F(DropFolders, let_a_file_be_until_two_looks_find_it_alike) {
  EXPECT_THAT(drop_.look().value(), IsEmpty()) << "and make the folder";
  write("b.hl7", "one");
  write("a.hl7", "two");
  EXPECT_THAT(drop_.look().value(), IsEmpty());
  write("b.hl7", "longer now");
  EXPECT_THAT(drop_.look().value(), ElementsAre("a.hl7"));
  EXPECT_THAT(drop_.look().value(), ElementsAre("a.hl7", "b.hl7"));
}

TEST_F(DropFolders, look_past_what_is_being_written) {
  static_cast<void>(drop_.look());
  for (const char* const name : {".hidden", "x.part", "y.tmp"}) write(name, "text");
  static_cast<void>(drop_.look());
  EXPECT_THAT(drop_.look().value(), IsEmpty());
}

TEST_F(DropFolders, set_aside_what_was_taken_and_keep_files_of_one_name_apart) {
  for (int round = 0; round < 2; ++round) {
    static_cast<void>(drop_.look());
    write("a.hl7", "text");
    static_cast<void>(drop_.look());
    EXPECT_THAT(drop_.look().value(), ElementsAre("a.hl7"));
    ASSERT_TRUE(drop_.set_aside("a.hl7"));
    EXPECT_THAT(drop_.look().value(), IsEmpty());
  }
  EXPECT_TRUE(std::ifstream(folder_.path() + "/in/taken/a.hl7"));
  EXPECT_TRUE(std::ifstream(folder_.path() + "/in/taken/a.hl7.2"));
}

}  // namespace
}  // namespace meridian::ingest
