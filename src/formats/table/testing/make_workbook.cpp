#include "formats/table/testing/make_workbook.hpp"

namespace meridian::table::testing {
namespace {

constexpr std::string_view kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr std::string_view kOffice = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::string relationship(std::string_view id, std::string_view type, std::string_view target) {
  return "<Relationship Id='" + std::string(id) + "' Type='" + std::string(kOffice) + "/" + std::string(type) +
         "' Target='" + std::string(target) + "'/>";
}

std::string relationships(const std::string& all) {
  return "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>" + all +
         "</Relationships>";
}

std::string part(std::string_view element, const std::string& content) {
  const std::string name(element);
  return "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<" + name + " xmlns='" + std::string(kMain) +
         "' xmlns:r='" + std::string(kOffice) + "'>" + content + "</" + name + ">";
}

}  // namespace

std::string make_workbook(const WorkbookParts& parts) {
  return make_zip(
      {{"[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"},
       {"_rels/.rels", relationships(relationship("rId1", "officeDocument", "/xl/workbook.xml"))},
       {"xl/workbook.xml",
        part("workbook", parts.properties + "<sheets><sheet name='First' sheetId='1' r:id='rId1'/>"
                                            "<sheet name='第二' sheetId='2' r:id='rId2'/></sheets>")},
       {"xl/_rels/workbook.xml.rels", relationships(relationship("rId1", parts.sheet_is, "worksheets/sheet1.xml") +
                                                    relationship("rId2", "worksheet", "../xl/./worksheets/sheet2.xml") +
                                                    relationship("rId3", "sharedStrings", "sharedStrings.xml") +
                                                    relationship("rId4", "styles", "styles.xml"))},
       {"xl/worksheets/sheet1.xml",
        part("worksheet", "<cols><col min='1' max='2'/></cols><sheetData>" + parts.rows +
                              "</sheetData><mergeCells><mergeCell ref='A1:B1'/></mergeCells>")},
       {"xl/worksheets/sheet2.xml", part("worksheet", "<sheetData>" + parts.second_rows + "</sheetData>")},
       {"xl/sharedStrings.xml", part("sst", parts.shared)},
       {"xl/styles.xml", part("styleSheet", parts.styles)}});
}

}  // namespace meridian::table::testing
