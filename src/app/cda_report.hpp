// CDA documents as people and programs read them: a tree of sections and statements, a line of JSON.
#pragma once

#include <string>

#include "base/issue.hpp"
#include "formats/cda/document.hpp"

namespace meridian::app {

/// Header, sections with their texts, statements indented by how they hold each other.
std::string document_text(const cda::Document& document, Language language);

/// One line: header, sections with narrative and statements, issues.
std::string document_json(const cda::Document& document, const Issues& issues, Language language);

}  // namespace meridian::app
