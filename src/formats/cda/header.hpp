// Header: what a document says of itself: whose it is, who wrote it, when, for which encounter, instead of which.
//
// Lifetime: views into the Document. Specification: CDA R2, 4.2 (header).
#pragma once

#include <string_view>
#include <vector>

#include "formats/cda/data_type.hpp"
#include "formats/cda/document.hpp"

namespace meridian::cda {

struct Person {
  std::vector<Identifier> ids;
  std::vector<Name> names;
  std::vector<Address> addresses;
  std::vector<Telecom> telecoms;
  Element element;
};

struct Patient : Person {
  Code gender, marital_status;
  std::string_view birth_time;
  Element provider;  ///< providerOrganization
};

struct Author : Person {
  std::string_view time;
  bool is_device = false;
  Name device;  ///< the model it is
  Name organization;
};

struct EncompassingEncounter {
  std::vector<Identifier> ids;
  Code code;
  Interval<Timestamp> time;
  Element element;
};

struct RelatedDocument {
  std::string_view type;  ///< RPLC replaces, APND adds to, XFRM transforms
  Identifier id, set_id;
  std::string_view version;
};

struct Header {
  std::string_view realm;
  std::vector<Identifier> templates;
  Identifier id, set_id;
  std::string_view version;
  Code code, confidentiality;
  std::string_view title, time, language;
  std::vector<Patient> patients;
  std::vector<Author> authors;
  Name custodian;
  std::vector<Identifier> custodian_ids;
  Element encounter_element;
  EncompassingEncounter encounter;
  std::vector<RelatedDocument> related;
};

/// Of a part of a document: what is there.
Header read_header(const Document& document);

}  // namespace meridian::cda
