#include "tools/protoc-gen-charter-client/model.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "charter/v1/annotations.pb.h"
#include "google/api/client.pb.h"

namespace charter::generator {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

// Words that a C++ name cannot be: those to which protoc adds `_`.
constexpr const char* kKeywords[] = {"alignas",
                                     "alignof",
                                     "and",
                                     "and_eq",
                                     "asm",
                                     "assert",
                                     "auto",
                                     "bitand",
                                     "bitor",
                                     "bool",
                                     "break",
                                     "case",
                                     "catch",
                                     "char",
                                     "class",
                                     "compl",
                                     "const",
                                     "const_cast",
                                     "constexpr",
                                     "continue",
                                     "decltype",
                                     "default",
                                     "delete",
                                     "do",
                                     "double",
                                     "dynamic_cast",
                                     "else",
                                     "enum",
                                     "explicit",
                                     "export",
                                     "extern",
                                     "false",
                                     "float",
                                     "for",
                                     "friend",
                                     "goto",
                                     "if",
                                     "inline",
                                     "int",
                                     "long",
                                     "mutable",
                                     "namespace",
                                     "new",
                                     "noexcept",
                                     "not",
                                     "not_eq",
                                     "nullptr",
                                     "operator",
                                     "or",
                                     "or_eq",
                                     "private",
                                     "protected",
                                     "public",
                                     "register",
                                     "reinterpret_cast",
                                     "return",
                                     "short",
                                     "signed",
                                     "sizeof",
                                     "static",
                                     "static_assert",
                                     "static_cast",
                                     "struct",
                                     "switch",
                                     "template",
                                     "this",
                                     "thread_local",
                                     "throw",
                                     "true",
                                     "try",
                                     "typedef",
                                     "typeid",
                                     "typename",
                                     "union",
                                     "unsigned",
                                     "using",
                                     "virtual",
                                     "void",
                                     "volatile",
                                     "wchar_t",
                                     "while",
                                     "xor",
                                     "xor_eq"};

bool Is(const FieldDescriptor* field, absl::string_view message) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type()->full_name() == message;
}

// The row of a list: its response has a token of the next page, and one field
// of messages.
const FieldDescriptor* RowsOf(const MethodDescriptor* method) {
  if (method->input_type()->FindFieldByName("page_token") == nullptr ||
      method->output_type()->FindFieldByName("next_page_token") == nullptr)
    return nullptr;
  for (int i = 0; i < method->output_type()->field_count(); ++i) {
    const FieldDescriptor* field = method->output_type()->field(i);
    if (field->is_repeated() && !field->is_map() &&
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      return field;
  }
  return nullptr;
}

// The message whose fields a mask of the request names.
const Descriptor* MaskedBy(const std::vector<const FieldDescriptor*>& fields) {
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        !field->is_repeated() && !Is(field, "google.protobuf.FieldMask"))
      return field->message_type();
  }
  return nullptr;
}

Parameter ParameterOf(const FieldDescriptor* field, const Descriptor* masked) {
  const std::string accessor = AccessorOf(field);
  // The function has two of its own.
  const std::string name = accessor == "request" || accessor == "options"
                               ? accessor + "_"
                               : accessor;
  const auto simple = [&](const std::string& type) {
    return Parameter{type, name,
                     absl::StrCat("request.set_", accessor, "(", name, ");")};
  };
  if (field->is_repeated()) {
    const std::string of = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE
                               ? TypeOf(field->message_type())
                               : "std::string";
    return {absl::StrCat("const std::vector<", of, ">&"), name,
            absl::StrCat("request.mutable_", accessor, "()->Assign(", name,
                         ".begin(), ", name, ".end());")};
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return {
          "absl::string_view", name,
          absl::StrCat("request.set_", accessor, "(std::string(", name, "));")};
    case FieldDescriptor::CPPTYPE_BOOL:
      return simple("bool");
    case FieldDescriptor::CPPTYPE_INT32:
      return simple("int32_t");
    case FieldDescriptor::CPPTYPE_INT64:
      return simple("int64_t");
    case FieldDescriptor::CPPTYPE_UINT32:
      return simple("uint32_t");
    case FieldDescriptor::CPPTYPE_UINT64:
      return simple("uint64_t");
    case FieldDescriptor::CPPTYPE_FLOAT:
      return simple("float");
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return simple("double");
    case FieldDescriptor::CPPTYPE_ENUM:
      return simple(TypeOf(field->enum_type()));
    default:
      break;
  }
  const std::string target = absl::StrCat("request.mutable_", accessor, "()");
  if (Is(field, "google.protobuf.FieldMask") && masked != nullptr) {
    return {
        absl::StrCat("const ::charter::client::Mask<", TypeOf(masked), ">&"),
        name,
        absl::StrCat("for (const std::string& path : ", name, ".paths()) ",
                     target, "->add_paths(path);")};
  }
  if (Is(field, "google.protobuf.Timestamp")) {
    return {"absl::Time", name,
            absl::StrCat("::charter::client::internal::Put(", name, ", ",
                         target, ");")};
  }
  if (Is(field, "google.protobuf.Duration")) {
    return {"absl::Duration", name,
            absl::StrCat("::charter::client::internal::Put(", name, ", ",
                         target, ");")};
  }
  return {TypeOf(field->message_type()), name,
          absl::StrCat("*", target, " = std::move(", name, ");")};
}

// As C++ that makes it.
std::string TextOf(const google::protobuf::Duration& length) {
  if (length.nanos() == 0)
    return absl::StrCat("absl::Seconds(", length.seconds(), ")");
  return absl::StrCat("absl::Nanoseconds(",
                      length.seconds() * 1'000'000'000 + length.nanos(), ")");
}

// What C++ tells overloads apart by.
std::string TypesOf(const std::vector<Parameter>& parameters) {
  return absl::StrJoin(parameters, ", ",
                       [](std::string* out, const Parameter& parameter) {
                         absl::StrAppend(out, parameter.type);
                       });
}

bool AddSignatures(const MethodDescriptor* method, MethodModel* model,
                   std::string* error) {
  const auto& options = method->options();
  std::map<std::string, std::string> known = {{model->request, "the request"}};
  for (int i = 0; i < options.ExtensionSize(google::api::method_signature);
       ++i) {
    const std::string& text =
        options.GetExtension(google::api::method_signature, i);
    std::vector<const FieldDescriptor*> fields;
    for (absl::string_view name :
         absl::StrSplit(text, ',', absl::SkipWhitespace())) {
      name = absl::StripAsciiWhitespace(name);
      const FieldDescriptor* field =
          method->input_type()->FindFieldByName(std::string(name));
      if (field == nullptr) {
        *error = absl::StrCat(method->full_name(), ": its signature names `",
                              name, "`, which ",
                              method->input_type()->full_name(), " has not");
        return false;
      }
      if (field->is_map() ||
          (field->is_repeated() &&
           field->cpp_type() != FieldDescriptor::CPPTYPE_STRING &&
           field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)) {
        *error =
            absl::StrCat(method->full_name(), ": its signature names `", name,
                         "`, and no map nor repeated number can stand "
                         "there: name the request's other fields");
        return false;
      }
      fields.push_back(field);
    }
    std::vector<Parameter> parameters;
    for (const FieldDescriptor* field : fields)
      parameters.push_back(ParameterOf(field, MaskedBy(fields)));
    const auto [same, is_new] = known.emplace(
        TypesOf(parameters), absl::StrCat("its signature `", text, "`"));
    if (!is_new) {
      *error = absl::StrCat(method->full_name(), ": its signature `", text,
                            "` takes the same types as ", same->second,
                            ", and C++ cannot tell them apart: keep one of "
                            "them, or let one take another field");
      return false;
    }
    model->signatures.push_back(std::move(parameters));
  }
  return true;
}

// google.longrunning's methods carry no policy; charterd holds them to this
// one. False: there is none.
bool PolicyOf(const MethodDescriptor* method, v1::MethodPolicy* policy) {
  if (method->options().HasExtension(charter::v1::policy)) {
    *policy = method->options().GetExtension(charter::v1::policy);
    return true;
  }
  if (method->service()->full_name() != "google.longrunning.Operations")
    return false;
  const std::string& name = method->name();
  policy->set_idempotency(name == "CancelOperation" || name == "DeleteOperation"
                              ? v1::MethodPolicy::BY_KEY
                              : v1::MethodPolicy::READ_ONLY);
  policy->mutable_default_deadline()->set_seconds(name == "WaitOperation" ? 60
                                                                          : 10);
  return true;
}

bool AddMethod(const MethodDescriptor* method, ServiceModel* service,
               std::string* error) {
  if (method->client_streaming()) {
    *error = absl::StrCat(method->full_name(),
                          ": clients of streaming requests are not generated");
    return false;
  }
  v1::MethodPolicy policy;
  if (!PolicyOf(method, &policy)) {
    *error = absl::StrCat(method->full_name(), ": it has no (policy)");
    return false;
  }
  MethodModel& model = service->methods.emplace_back();
  model.descriptor = method;
  model.name = method->name();
  model.request = TypeOf(method->input_type());
  model.response = TypeOf(method->output_type());
  model.path =
      absl::StrCat("/", method->service()->full_name(), "/", method->name());
  model.comment = CommentOf(method, "  ");
  model.deadline = TextOf(policy.default_deadline());
  model.repeatable =
      policy.idempotency() != v1::MethodPolicy::IDEMPOTENCY_UNSPECIFIED;
  model.has_request_id =
      method->input_type()->FindFieldByName("request_id") != nullptr;
  model.has_validate_only =
      method->input_type()->FindFieldByName("validate_only") != nullptr;
  model.always_writes = policy.idempotency() != v1::MethodPolicy::READ_ONLY &&
                        !model.has_validate_only;
  if (policy.idempotency() == v1::MethodPolicy::REQUEST_ID &&
      !model.has_request_id) {
    *error = absl::StrCat(method->full_name(),
                          ": its policy is REQUEST_ID, and its request has no "
                          "`request_id`");
    return false;
  }
  if (method->server_streaming()) {
    model.kind = MethodModel::Kind::kStream;
  } else if (const FieldDescriptor* rows = RowsOf(method); rows != nullptr) {
    model.kind = MethodModel::Kind::kPaged;
    model.row = TypeOf(rows->message_type());
    model.rows = AccessorOf(rows);
    model.has_filter =
        method->input_type()->FindFieldByName("filter") != nullptr;
  }
  return AddSignatures(method, &model, error);
}

}  // namespace

bool ModelOf(const google::protobuf::ServiceDescriptor* service,
             ServiceModel* model, std::string* error) {
  model->descriptor = service;
  model->base = std::string(absl::StripSuffix(service->name(), "Service"));
  model->comment = CommentOf(service, "");
  for (int i = 0; i < service->method_count(); ++i) {
    if (!AddMethod(service->method(i), model, error)) return false;
  }
  return true;
}

std::string TypeOf(const Descriptor* message) {
  std::string name = message->name();
  const Descriptor* outer = message->containing_type();
  for (; outer != nullptr; outer = outer->containing_type())
    name = absl::StrCat(outer->name(), "_", name);
  return absl::StrCat("::", NamespaceOf(message->file()), "::", name);
}

std::string TypeOf(const google::protobuf::EnumDescriptor* type) {
  return type->containing_type() == nullptr
             ? absl::StrCat("::", NamespaceOf(type->file()), "::", type->name())
             : absl::StrCat(TypeOf(type->containing_type()), "_", type->name());
}

std::string AccessorOf(const FieldDescriptor* field) {
  std::string name = field->lowercase_name();
  const bool keyword = std::find(std::begin(kKeywords), std::end(kKeywords),
                                 name) != std::end(kKeywords);
  return keyword ? name + "_" : name;
}

std::string StemOf(const FileDescriptor* file) {
  absl::string_view stem = absl::StripSuffix(file->name(), ".proto");
  return std::string(absl::StripSuffix(stem, "_service"));
}

std::string GuardOf(const std::string& header) {
  std::string guard;
  for (const char c : header) {
    guard += absl::ascii_isalnum(static_cast<unsigned char>(c))
                 ? absl::ascii_toupper(static_cast<unsigned char>(c))
                 : '_';
  }
  return guard + "_";
}

std::string NamespaceOf(const FileDescriptor* file) {
  return absl::StrReplaceAll(file->package(), {{".", "::"}});
}

}  // namespace charter::generator
