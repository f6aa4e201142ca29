#include "terminology/loaders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/input.hpp"
#include "base/testing/paths.hpp"
#include "terminology/image.hpp"
#include "terminology/library.hpp"

namespace meridian::terminology {
namespace {

using ::testing::ElementsAre;

struct Loaded {
  CodeSystemPtr system;
  Issues issues;
  LoadState state;

  void load(const std::vector<std::string>& paths) {
    CodeSystemBuilder builder(about_of(*kind_of_file(paths.front())));
    for (const std::string& path : paths) {
      const auto source = open_input(path);
      ASSERT_TRUE(source.has_value()) << path;
      const Result<> done = load_file(*kind_of_file(path), **source, builder, state, issues);
      ASSERT_TRUE(done.has_value()) << done.error().message();
    }
    finish(builder, state);
    system = builder.build()->system;
  }
  CodeNumber number(std::string_view code) const {
    const auto found = system->find(code);
    EXPECT_TRUE(found) << code;
    return found.value_or(0);
  }
  std::string_view display(std::string_view code) const { return system->display(number(code)); }
  bool is_above(std::string_view above, std::string_view code) const {
    return system->subsumes(number(above), number(code));
  }
  std::vector<std::string> properties(std::string_view code, std::string_view name) const {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < system->property_count(number(code)); ++at) {
      const Property property = system->property(number(code), at);
      if (property.name == name) found.emplace_back(property.value);
    }
    return found;
  }
};

std::string file(const std::string& name) {
  return meridian::testing::source_path("src/terminology/testdata/loaders/" + name).string();
}

TEST(Loaders, read_the_order_file_of_icd_10_cm) {
  Loaded loaded;
  loaded.load({file("icd10cm-order-2099.txt")});
  EXPECT_EQ(loaded.system->size(), 4U);
  EXPECT_EQ(loaded.display("A00.9"), "Cholera, unspecified");
  EXPECT_TRUE(loaded.is_above("A00", "A00.0"));
  EXPECT_THAT(loaded.properties("A00", "billable"), ElementsAre("false"));
  EXPECT_EQ(loaded.system->designation(loaded.number("A00.9"), 0).value, "Cholera, unsp");
  ASSERT_EQ(loaded.issues.size(), 1U);
  EXPECT_EQ(loaded.issues.all()[0].position.line, 5U);
}

TEST(Loaders, read_the_whole_icd_10_cm) {
  const auto path = meridian::testing::shared_data("terminology/icd-10-cm-2021/icd10cm-order-Jan-2021.txt.zst");
  if (!path) GTEST_SKIP() << "the outside data is not on this machine";
  Loaded loaded;
  loaded.load({path->string()});
  EXPECT_TRUE(loaded.issues.empty());
  EXPECT_EQ(loaded.system->size(), loaded.state.records);
  EXPECT_GT(loaded.system->size(), 90'000U);
  EXPECT_EQ(loaded.display("E11.9"), "Type 2 diabetes mellitus without complications");
  EXPECT_TRUE(loaded.is_above("S72", "S72.001A"));
  EXPECT_FALSE(loaded.is_above("S72", "S73.001A"));
  const std::string image = write_image(*loaded.system);
  RecordProperty("image_bytes_per_code", std::to_string(image.size() / loaded.system->size()));
  EXPECT_LT(loaded.system->memory_bytes() / loaded.system->size(), 300U);
  EXPECT_EQ((*read_image(image))->size(), loaded.system->size());
}

TEST(Loaders, read_a_snapshot_of_snomed_ct) {
  Loaded loaded;
  loaded.load({file("der2_cRefset_LanguageSnapshot-en_INT_20990131.txt"),
               file("sct2_Relationship_Snapshot_INT_20990131.txt"), file("sct2_Concept_Snapshot_INT_20990131.txt"),
               file("sct2_Description_Snapshot-en_INT_20990131.txt")});
  EXPECT_EQ(loaded.system->about().version, "http://snomed.info/sct/900000000000207008/version/20990131");
  EXPECT_EQ(loaded.display("900001003"), "Made-up fever");
  EXPECT_EQ(loaded.display("404684003"), "Clinical finding");
  EXPECT_EQ(loaded.system->display_in(loaded.number("900001003"), "zh-CN"), "虚构发热");
  EXPECT_TRUE(loaded.is_above("138875005", "900001003"));
  EXPECT_EQ(loaded.system->parents(loaded.number("900001003")).size(), 1U);
  EXPECT_FALSE(loaded.system->is_active(loaded.number("900002005")));
  EXPECT_THAT(loaded.properties("900001003", "363698007"), ElementsAre("404684003"));
  EXPECT_EQ(loaded.issues.size(), 1U);
}

TEST(Loaders, read_reference_sets_and_maps_of_snomed_ct) {
  Loaded loaded;
  loaded.load({file("sct2_Concept_Snapshot_INT_20990131.txt"), file("der2_Refset_SimpleSnapshot_INT_20990131.txt"),
               file("der2_iisssccRefset_ExtendedMapSnapshot_INT_20990131.txt"),
               file("der2_sRefset_SimpleMapSnapshot_INT_20990131.txt")});
  EXPECT_EQ(loaded.issues.size(), 1U);   // of the file of concepts
  EXPECT_EQ(loaded.system->size(), 4U);  // a member that is no concept makes none
  Service service;
  Library library(service);
  library.put_loaded(*read_image(write_image(*loaded.system)));
  library.publish();
  const SnapshotPtr now = service.snapshot();
  const auto set = now->code_set("http://snomed.info/sct?fhir_vs=refset/700043003");
  ASSERT_TRUE(set) << set.error().message();
  EXPECT_EQ((*set)->contains("http://snomed.info/sct", "900001003"), fhir::Membership::in);
  EXPECT_EQ((*set)->contains("http://snomed.info/sct", "404684003"), fhir::Membership::not_in);
  const auto map = now->concept_map("http://snomed.info/sct?fhir_cm=447562003");
  ASSERT_NE(map, nullptr);
  std::string other;
  const auto found = map->translate({"http://snomed.info/sct", "900001003", "http://hl7.org/fhir/sid/icd-10"}, other);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].target_code, "R50.8");  // of the first priority, though it stands second
  EXPECT_EQ(found[0].equivalence, "wider");
  EXPECT_EQ(found[0].comment, "IFA 248153007 | Male (finding) |; IF MALE CHOOSE R50.8");
  EXPECT_EQ(found[1].target_code, "R50.9");
  EXPECT_EQ(found[1].equivalence, "relatedto");
  const auto none = map->translate({"http://snomed.info/sct", "404684003", {}}, other);
  ASSERT_EQ(none.size(), 1U);
  EXPECT_EQ(none[0].equivalence, "unmatched");
  EXPECT_EQ(now->concept_map("http://snomed.info/sct?fhir_cm=900000000000497000")->mappings().at(0).target_code,
            "Xa123");
}

TEST(Loaders, read_the_tabular_list_of_icd_10_cm) {
  Loaded loaded;
  loaded.load({file("icd10cm_tabular_2099.xml")});
  EXPECT_EQ(loaded.system->about().version, "2099");
  EXPECT_EQ(loaded.display("S00-S09"), "Invented injuries");
  EXPECT_TRUE(loaded.system->is_abstract(loaded.number("S00-S09")));
  EXPECT_TRUE(loaded.is_above("S00-S09", "S06.0XXA"));
  EXPECT_EQ(loaded.display("S06.0XXD"), "Small injury, subsequent encounter");
  EXPECT_EQ(loaded.system->designation(loaded.number("S06.0"), 0).value, "Little injury");
  EXPECT_THAT(loaded.properties("S06", "excludes1"), ElementsAre("invented shock (S99.-)"));
  EXPECT_THAT(loaded.properties("S06.0", "billable"), ElementsAre("false"));
  EXPECT_THAT(loaded.properties("S06.0XXA", "billable"), ElementsAre("true"));
  EXPECT_THAT(loaded.properties("S07", "billable"), ElementsAre("true"));
  EXPECT_TRUE(loaded.system->find("S06.1X7A"));
  EXPECT_FALSE(loaded.system->find("S06.1X7D"));
  ASSERT_EQ(loaded.issues.size(), 1U);
}

TEST(Loaders, the_tabular_list_and_the_order_file_have_the_same_codes) {
  const auto folder = meridian::testing::shared_data("terminology/icd-10-cm-2021");
  if (!folder) GTEST_SKIP() << "the outside data is not on this machine";
  Loaded order;
  order.load({(*folder / "icd10cm-order-Jan-2021.txt.zst").string()});
  Loaded tabular;
  tabular.load({(*folder / "icd10cm_tabular_2021.xml.zst").string()});
  EXPECT_TRUE(tabular.issues.empty());
  std::size_t blocks = 0;
  for (CodeNumber number = 0; number < tabular.system->size(); ++number) {
    if (tabular.system->is_abstract(number)) {
      ++blocks;
      continue;
    }
    const std::string code(tabular.system->code(number));
    ASSERT_TRUE(order.system->find(code)) << code;
    ASSERT_EQ(order.properties(code, "billable"), tabular.properties(code, "billable")) << code;
  }
  EXPECT_EQ(tabular.system->size() - blocks, order.system->size());
}

TEST(Loaders, read_loinc_and_its_hierarchy) {
  Loaded loaded;
  loaded.load({file("Loinc.csv"), file("ComponentHierarchyBySystem.csv")});
  EXPECT_EQ(loaded.display("99901-1"), "Invented [Mass/volume] in Serum, \"total\"");
  EXPECT_THAT(loaded.properties("99901-1", "COMPONENT"), ElementsAre("Invented, total"));
  EXPECT_FALSE(loaded.system->is_active(loaded.number("99902-9")));
  EXPECT_TRUE(loaded.is_above("LP999-1", "99901-1"));
}

TEST(Loaders, read_rxnorm) {
  Loaded loaded;
  loaded.load({file("RXNCONSO.RRF"), file("RXNREL.RRF")});
  EXPECT_EQ(loaded.system->size(), 3U);
  EXPECT_EQ(loaded.display("990002"), "invented 5 MG Oral Tablet");
  EXPECT_THAT(loaded.properties("990002", "TTY"), ElementsAre("SCD"));
  EXPECT_THAT(loaded.properties("990002", "has_ingredient"), ElementsAre("990001"));
  EXPECT_TRUE(loaded.is_above("990001", "990002"));
  EXPECT_FALSE(loaded.system->is_active(loaded.number("990003")));
}

TEST(Loaders, read_what_athena_gives) {
  Loaded loaded;
  loaded.load({file("CONCEPT.csv"), file("CONCEPT_RELATIONSHIP.csv")});
  EXPECT_EQ(loaded.display("9002"), "Invented \"special\" condition");
  EXPECT_TRUE(loaded.is_above("9001", "9002"));
  EXPECT_THAT(loaded.properties("9003", "Maps to"), ElementsAre("9002"));
  EXPECT_FALSE(loaded.system->is_active(loaded.number("9003")));
}

TEST(Loaders, read_claml) {
  Loaded loaded;
  loaded.load({file("invented_claml.xml")});
  EXPECT_EQ(loaded.system->about().version, "2099");
  EXPECT_EQ(loaded.display("A00"), "Invented A01 fever");
  EXPECT_EQ(loaded.system->display_in(loaded.number("A00"), "zh"), "虚构热");
  EXPECT_TRUE(loaded.is_above("I", "A00"));
  EXPECT_THAT(loaded.properties("A00", "exclusion"), ElementsAre("other fever"));
  EXPECT_EQ(loaded.issues.size(), 1U);
}

TEST(Loaders, refuse_files_that_are_something_else) {
  LoadState state;
  Issues issues;
  for (const FileKind kind :
       {FileKind::snomed_concept, FileKind::loinc_table, FileKind::athena_concept, FileKind::claml}) {
    CodeSystemBuilder builder(about_of(kind));
    const auto source = memory_source("something,else\n1,2\n");
    EXPECT_EQ(load_file(kind, *source, builder, state, issues).error().code(), ErrorCode::malformed_input);
  }
  EXPECT_FALSE(kind_of_file("patients.ndjson"));
}

}  // namespace
}  // namespace meridian::terminology
