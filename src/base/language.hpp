// Which of the two languages somebody wants to read.
#pragma once

#include <optional>
#include <string_view>

#include "base/issue.hpp"

namespace meridian {

/// `zh`, `zh-CN`, `zh_Hans.UTF-8`, `en`, `en-GB` in any case; nothing for other languages.
std::optional<Language> parse_language(std::string_view text);

/// The best of a list such as `zh-CN,zh;q=0.9,en;q=0.5`; the default when it names neither.
/// https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
Language choose_language(std::string_view list, Language otherwise = Language::english);

/// `en` or `zh`.
std::string_view tag(Language language);

}  // namespace meridian
