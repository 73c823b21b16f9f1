#include "server/search/typing.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"

namespace charter::search {
namespace {

std::vector<absl::string_view> CharactersOf(absl::string_view word) {
  std::vector<absl::string_view> characters;
  const auto size = static_cast<int32_t>(word.size());
  for (int32_t i = 0; i < size;) {
    const int32_t begin = i;
    U8_FWD_1(word.data(), i, size);
    characters.push_back(word.substr(begin, i - begin));
  }
  return characters;
}

}  // namespace

bool WithinOneError(absl::string_view a, absl::string_view b) {
  std::vector<absl::string_view> less = CharactersOf(a);
  std::vector<absl::string_view> more = CharactersOf(b);
  if (less.size() > more.size()) std::swap(less, more);
  if (more.size() - less.size() > 1) return false;
  const auto [in_less, in_more] =
      std::mismatch(less.begin(), less.end(), more.begin());
  if (in_less == less.end()) return true;
  if (less.size() < more.size())
    return std::equal(in_less, less.end(), in_more + 1);
  if (std::equal(in_less + 1, less.end(), in_more + 1)) return true;
  return in_less + 1 != less.end() && in_less[0] == in_more[1] &&
         in_less[1] == in_more[0] &&
         std::equal(in_less + 2, less.end(), in_more + 2);
}

std::vector<std::string> ShapesOf(absl::string_view word) {
  const std::vector<absl::string_view> characters = CharactersOf(word);
  std::vector<std::string> shapes;
  if (characters.size() + 1 < kFewestLetters) return shapes;
  shapes.emplace_back(word);
  for (const absl::string_view character : characters) {
    const size_t at = character.data() - word.data();
    std::string shape =
        absl::StrCat(word.substr(0, at), word.substr(at + character.size()));
    if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end())
      shapes.push_back(std::move(shape));
  }
  return shapes;
}

}  // namespace charter::search
