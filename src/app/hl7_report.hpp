// HL7 v2 messages as people and programs read them: a tree of their groups, a line of JSON.
#pragma once

#include <string>

#include "app/options.hpp"
#include "base/issue.hpp"
#include "formats/hl7v2/batch.hpp"
#include "formats/hl7v2/message.hpp"
#include "formats/hl7v2/path.hpp"

namespace meridian::app {

/// A line a value, with its path and its field's name, indented by groups.
std::string message_text(const hl7v2::Message& message, const hl7v2::BatchItem& item, Language language);

/// One line: header, segments with their groups and values by path, issues.
std::string message_json(const hl7v2::Message& message, const hl7v2::BatchItem& item, const Issues& issues,
                         Language language);

/// The values at a path: a line each, or an array a message.
std::string values_at(const hl7v2::Message& message, const hl7v2::Path& path, OutputFormat format);

}  // namespace meridian::app
