#include "server/search/fold.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace charter::search {
namespace {

// Letters whose stroke or bond is no mark of its own, after case was folded.
absl::string_view Nearest(UChar32 letter) {
  switch (letter) {
    case 0x00e6:
      return "ae";  // æ
    case 0x00f0:
      return "d";  // ð
    case 0x00f8:
      return "o";  // ø
    case 0x00fe:
      return "th";  // þ
    case 0x0111:
      return "d";  // đ
    case 0x0127:
      return "h";  // ħ
    case 0x0131:
      return "i";  // ı
    case 0x0142:
      return "l";  // ł
    case 0x0153:
      return "oe";  // œ
    case 0x0167:
      return "t";  // ŧ
    default:
      return "";
  }
}

std::string Normalize(const icu::Normalizer2* form, absl::string_view text) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode error = U_ZERO_ERROR;
  form->normalizeUTF8(
      0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
      nullptr, error);
  return out;
}

}  // namespace

std::string Fold(absl::string_view text) {
  // Part of ICU's own data, so they are always there.
  UErrorCode error = U_ZERO_ERROR;
  static const icu::Normalizer2* const fold =
      icu::Normalizer2::getNFKCCasefoldInstance(error);
  static const icu::Normalizer2* const decompose =
      icu::Normalizer2::getNFDInstance(error);
  const std::string parts = Normalize(decompose, Normalize(fold, text));
  std::string folded;
  folded.reserve(parts.size());
  const auto size = static_cast<int32_t>(parts.size());
  for (int32_t i = 0; i < size;) {
    const int32_t begin = i;
    UChar32 letter = 0;
    U8_NEXT(parts.data(), i, size, letter);
    if (letter < 0 || letter == 0xfffd) continue;
    const int8_t type = u_charType(letter);
    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK) continue;
    const absl::string_view nearest = Nearest(letter);
    if (nearest.empty()) {
      folded.append(parts, begin, i - begin);
    } else {
      folded.append(nearest.data(), nearest.size());
    }
  }
  return folded;
}

}  // namespace charter::search
