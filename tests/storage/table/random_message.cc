#include "tests/storage/table/random_message.h"

#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "charter/v1/annotations.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "server/sla/time.h"

namespace charter::storage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

class Filler {
 public:
  Filler(const TableBinding& binding, int id, std::mt19937& random)
      : binding_(binding), id_(id), random_(random) {}

  void Fill(Message* message, int depth) {
    const google::protobuf::Descriptor& type = *message->GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (depth == 0 && FillSpecial(field, message)) continue;
      if (field.is_repeated()) {
        for (int n = Below(4); n > 0; --n) Set(field, message, depth);
      } else if (Below(4) > 0) {
        Set(field, message, depth);
      }
    }
  }

 private:
  int Below(int n) {
    return static_cast<int>(random_() % static_cast<uint32_t>(n));
  }
  template <typename T>
  T Pick(std::initializer_list<T> values) {
    return *(values.begin() + Below(static_cast<int>(values.size())));
  }
  int64_t Between(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to)(random_);
  }

  bool FillSpecial(const FieldDescriptor& field, Message* message) {
    const Reflection& reflection = *message->GetReflection();
    const TableSpec& spec = binding_.spec();
    if (&field == binding_.etag()) return true;
    if (std::count(spec.not_stored.begin(), spec.not_stored.end(),
                   field.name()) > 0) {
      return true;
    }
    if (&field == binding_.name()) {
      reflection.SetString(message, &field, Name());
      return true;
    }
    // What a unique key holds.
    if (field.name() == "external_id" || field.name() == "effect_key") {
      if (Below(2) == 0)
        reflection.SetString(message, &field, absl::StrCat("Ö-", id_));
      return true;
    }
    // Unique with what stands beside them, so by themselves: a link of a
    // product to a template, and what came by it.
    if (field.name() == "product_entitlement_template" ||
        (field.name() == "entitlement_template" &&
         field.containing_type()->name() == "ProductEntitlementTemplate")) {
      reflection.SetString(message, &field, absl::StrCat("links/l", id_));
      return true;
    }
    // Unique; a price book is with the product and the currency, so by itself.
    if (field.name() == "price_book" || field.name() == "contract_number" ||
        field.name() == "line_number" || field.name() == "case_number") {
      reflection.SetString(message, &field, absl::StrCat("Ö-", id_));
      return true;
    }
    for (const ChildTable& child : spec.children) {
      if (child.field != field.name()) continue;
      // A set: sorted, each once.
      for (int n = 0, i = 0; n < Below(5); ++n)
        reflection.AddString(message, &field,
                             absl::StrCat("contacts/c", i += 1 + Below(2)));
      return true;
    }
    return false;
  }

  std::string Name() const {
    const std::string& table = binding_.table();
    if (absl::EndsWith(table, "_versions"))
      return absl::StrCat(table, "/p", id_ / 3, "/versions/", id_);
    return absl::StrCat(table, "/r", id_);
  }

  std::string Text(const FieldDescriptor& field) {
    const Column* column = nullptr;
    for (const Column& it : binding_.columns())
      if (it.field == &field) column = &it;
    if (column != nullptr && column->kind == ColumnKind::kId)
      return Pick<const char*>({"", "things/a", "things/B", "things/b-2"});
    const int most = field.options().GetExtension(v1::rule).max_length();
    std::string text = Pick<const char*>(
        {"", "plain", "it's", "a\\b", "Grüße", "😀🧵", "100 %_", "tail ",
         "x:y :name", "\"quoted\" `ticked`", "line\nbreak\r\n\ttab", "NULL"});
    if (most == 0) return text;
    if (most >= 64 * 1024) {
      if (Below(8) == 0) text.append(60000, 'z');
    } else if (static_cast<int>(text.size()) > most) {
      text = "s";
    } else if (Below(8) == 0) {
      text.append(most - text.size(), 'z');
    }
    return text;
  }

  int64_t Micros() {
    return Pick<int64_t>(
        {0, -1, 1, sla::Instant::Min().micros(), sla::Instant::Max().micros(),
         Between(1'000'000'000'000'000, 2'000'000'000'000'000)});
  }

  void SetMessage(Message* message, int depth) {
    if (message->GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
      const int64_t micros = Micros();
      auto* time = static_cast<google::protobuf::Timestamp*>(message);
      const int64_t rest = ((micros % 1000000) + 1000000) % 1000000;
      time->set_seconds((micros - rest) / 1000000);
      time->set_nanos(static_cast<int32_t>(rest * 1000));
    } else if (message->GetDescriptor() ==
               google::protobuf::Duration::descriptor()) {
      const int64_t micros =
          Pick<int64_t>({0, 1, -1, -1500000, 3600000000, 1234567, Micros()});
      auto* duration = static_cast<google::protobuf::Duration*>(message);
      duration->set_seconds(micros / 1000000);
      duration->set_nanos(static_cast<int32_t>(micros % 1000000 * 1000));
    } else if (message->GetDescriptor() == google::type::Date::descriptor()) {
      const absl::CivilDay day =
          absl::CivilDay(1970, 1, 1) + Between(-719162, 2932896);
      auto* date = static_cast<google::type::Date*>(message);
      date->set_year(static_cast<int32_t>(day.year()));
      date->set_month(day.month());
      date->set_day(day.day());
    } else if (depth < 5) {
      Fill(message, depth + 1);
    }
  }

  // Both ways: set a field, or add to a repeated one.
#define CHARTER_SET(Type, value)                                      \
  (field.is_repeated() ? reflection.Add##Type(message, &field, value) \
                       : reflection.Set##Type(message, &field, value))
  void Set(const FieldDescriptor& field, Message* message, int depth) {
    const Reflection& reflection = *message->GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        CHARTER_SET(String, Text(field));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        CHARTER_SET(
            Int32,
            Pick<int32_t>({0, 1, -1, 7, std::numeric_limits<int32_t>::min(),
                           std::numeric_limits<int32_t>::max()}));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        CHARTER_SET(Int64,
                    Pick<int64_t>({0, 1, std::numeric_limits<int64_t>::min(),
                                   std::numeric_limits<int64_t>::max()}));
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        CHARTER_SET(Double, Pick<double>({0, -2.5e300, 0.1}));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        CHARTER_SET(Bool, Below(2) == 1);
        break;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = field.enum_type()
                              ->value(Below(field.enum_type()->value_count()))
                              ->number();
        CHARTER_SET(EnumValue, value);
        break;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        SetMessage(field.is_repeated()
                       ? reflection.AddMessage(message, &field)
                       : reflection.MutableMessage(message, &field),
                   depth);
        break;
      default:
        break;
    }
  }
#undef CHARTER_SET

  const TableBinding& binding_;
  const int id_;
  std::mt19937& random_;
};

}  // namespace

void FillRandomly(const TableBinding& binding, int id, std::mt19937& random,
                  Message* message) {
  Filler(binding, id, random).Fill(message, 0);
  // A map filled by reflection may hold a key twice; read it as others do.
  const std::string octets = message->SerializeAsString();
  message->ParseFromString(octets);
}

}  // namespace charter::storage
