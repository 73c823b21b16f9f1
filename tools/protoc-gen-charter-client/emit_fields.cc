#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "charter/v1/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "tools/protoc-gen-charter-client/emit.h"

namespace charter::generator {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::io::Printer;
using Words = std::map<std::string, std::string>;

// Whether paths lead into messages of the file: those of the same package.
bool HasPaths(const FileDescriptor* file, const FileDescriptor* other) {
  return other->package() == file->package() && other->service_count() == 0;
}

std::string PathsOf(const Descriptor* message) {
  const std::string type = TypeOf(message);
  return absl::StrCat(type.substr(type.rfind(':') + 1), "Paths");
}

// The kind of a field's values, `::charter::client::Text`; empty: filters
// cannot compare it.
std::string KindOf(const FieldDescriptor* field) {
  if (field->is_repeated()) return "";
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES
                 ? ""
                 : "::charter::client::Text";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "::charter::client::Flag";
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "::charter::client::Integer";
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return "::charter::client::Number";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const std::string type = TypeOf(field->enum_type());
      return absl::StrCat("::charter::client::Choice<", type, ", &", type,
                          "_Name<", type, ">>");
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  const absl::string_view of = field->message_type()->full_name();
  if (of == "google.protobuf.Timestamp") return "::charter::client::Instant";
  if (of == "google.protobuf.Duration") return "::charter::client::Length";
  if (of == "google.type.Date") return "::charter::client::Day";
  return "";
}

// A message may lead into one that stands below it.
void DeclarePaths(const Descriptor* message, Printer& out) {
  if (message->options().map_entry()) return;
  out.Print("template <typename Root>\nclass %class%;\n", "class",
            PathsOf(message));
  for (int i = 0; i < message->nested_type_count(); ++i)
    DeclarePaths(message->nested_type(i), out);
}

void EmitPaths(const Descriptor* message, Printer& out) {
  if (message->options().map_entry()) return;
  for (int i = 0; i < message->nested_type_count(); ++i)
    EmitPaths(message->nested_type(i), out);
  const Words words = {{"class", PathsOf(message)},
                       {"message", std::string(message->name())}};
  out.Print(words,
            "// Fields of a %message%.\n"
            "template <typename Root>\n"
            "class %class% : public ::charter::client::Path<Root> {\n"
            " public:\n"
            "  %class%() = default;\n"
            "  explicit %class%(std::string path)\n"
            "      : ::charter::client::Path<Root>(std::move(path)) {}\n\n");
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    std::string type;
    if (const std::string kind = KindOf(field); !kind.empty()) {
      type = absl::StrCat("::charter::client::Field<Root, ", kind, ">");
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
               !field->is_repeated() &&
               HasPaths(message->file(), field->message_type()->file())) {
      type = absl::StrCat(PathsOf(field->message_type()), "<Root>");
    } else {
      type = "::charter::client::Many<Root>";
    }
    out.PrintRaw(CommentOf(field, "  "));
    out.Print(
        "  %type% %name%() const {\n"
        "    return %type%(this->Of(\"%field%\"));\n"
        "  }\n",
        "type", type, "name", AccessorOf(field), "field",
        std::string(field->name()));
  }
  out.Print("};\n\n");
}

// The headers whose paths those of the message lead into.
void IncludePaths(const Descriptor* message, std::set<std::string>* headers) {
  for (int i = 0; i < message->nested_type_count(); ++i)
    IncludePaths(message->nested_type(i), headers);
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const FileDescriptor* other = field->message_type()->file();
    if (other != message->file() && HasPaths(message->file(), other))
      headers->insert(absl::StrCat(StemOf(other), "_fields.h"));
  }
}

// What one of a collection is called: `case` of `cases`.
std::string SingularOf(absl::string_view collection) {
  if (absl::EndsWith(collection, "ies"))
    return absl::StrCat(collection.substr(0, collection.size() - 3), "y");
  if (absl::EndsWith(collection, "sses") || absl::EndsWith(collection, "uses"))
    return std::string(collection.substr(0, collection.size() - 2));
  if (absl::EndsWith(collection, "s") && collection != "businessHours")
    return std::string(collection.substr(0, collection.size() - 1));
  return std::string(collection);
}

// `price_book_entry_id` of `priceBookEntries`.
std::string ParameterOf(absl::string_view collection) {
  std::string name;
  for (const char c : SingularOf(collection)) {
    if (c >= 'A' && c <= 'Z') {
      name += '_';
      name += static_cast<char>(c - 'A' + 'a');
    } else {
      name += c;
    }
  }
  return name + "_id";
}

// `accounts`; empty: the message is no resource.
std::string CollectionOf(const Descriptor* message) {
  const FieldDescriptor* name = message->FindFieldByName("name");
  if (name == nullptr) return "";
  const auto& options = name->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) ==
        google::api::IDENTIFIER)
      return options.GetExtension(charter::v1::rule).resource();
  }
  return "";
}

void EmitName(const Descriptor* message, const std::string& collection,
              Printer& out) {
  const std::string pattern = absl::StrCat(collection, "/*");
  std::string parameters, arguments, accessors, parsed, before;
  int id = 0;
  for (const absl::string_view part : absl::StrSplit(collection, '/')) {
    if (part == "*") continue;
    const std::string name = ParameterOf(part);
    absl::StrAppend(&parameters, parameters.empty() ? "" : ", ",
                    "absl::string_view ", name);
    absl::StrAppend(&arguments, arguments.empty() ? "" : ", ", name);
    absl::StrAppend(&parsed, parsed.empty() ? "" : ", ", "(*ids)[", id++, "]");
  }
  const Words words = {{"class", absl::StrCat(message->name(), "Name")},
                       {"message", std::string(message->name())},
                       {"pattern", pattern},
                       {"parameters", parameters},
                       {"arguments", arguments},
                       {"parsed", parsed},
                       {"one", id == 1 ? "explicit " : ""}};
  out.Print(words,
            "// The name of a %message%: `%pattern%`.\n"
            "class %class% : public ::charter::client::ResourceName {\n"
            " public:\n"
            "  %one%%class%(%parameters%)\n"
            "      : ResourceName(\"%pattern%\", {%arguments%}) {}\n"
            "  // INVALID_ARGUMENT: `text` is no such name.\n"
            "  static absl::StatusOr<%class%> Parse(absl::string_view text) {\n"
            "    absl::StatusOr<std::vector<std::string>> ids =\n"
            "        Split(\"%pattern%\", text);\n"
            "    if (!ids.ok()) return ids.status();\n"
            "    return %class%(%parsed%);\n"
            "  }\n"
            "};\n\n");
}

}  // namespace

void EmitFields(const FileDescriptor* file, Printer& out) {
  const std::string stem = StemOf(file);
  const std::string guard = GuardOf(stem + "_fields.h");
  EmitHead(file, out);
  out.Print(
      "#ifndef %guard%\n"
      "#define %guard%\n\n"
      "#include <string>\n"
      "#include <utility>\n"
      "#include <vector>\n\n"
      "#include \"absl/status/statusor.h\"\n"
      "#include \"absl/strings/string_view.h\"\n"
      "#include \"charter/client/field.h\"\n"
      "#include \"charter/client/resource_name.h\"\n",
      "guard", guard);
  std::set<std::string> included = {
      absl::StrCat(file->name().substr(0, file->name().size() - 6), ".pb.h")};
  for (int i = 0; i < file->message_type_count(); ++i)
    IncludePaths(file->message_type(i), &included);
  for (const std::string& header : included)
    out.Print("#include \"%header%\"\n", "header", header);
  out.Print("\nnamespace %namespace% {\n\n", "namespace", NamespaceOf(file));
  for (int i = 0; i < file->message_type_count(); ++i)
    DeclarePaths(file->message_type(i), out);
  out.Print("\n");
  for (int i = 0; i < file->message_type_count(); ++i)
    EmitPaths(file->message_type(i), out);
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Descriptor* message = file->message_type(i);
    out.Print(
        "// The fields of %message%, for masks and filters.\n"
        "using %message%Fields = %paths%<%message%>;\n\n",
        "message", std::string(message->name()), "paths", PathsOf(message));
    const std::string collection = CollectionOf(message);
    if (!collection.empty()) EmitName(message, collection, out);
  }
  out.Print(
      "}  // namespace %namespace%\n\n"
      "#endif  // %guard%\n",
      "namespace", NamespaceOf(file), "guard", guard);
}

}  // namespace charter::generator
