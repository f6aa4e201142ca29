#include "formats/signal/leads.hpp"

#include <algorithm>

namespace meridian::signal {
namespace {

// 31 to 60 and 79 to 85 are calibration pulses of the others.
constexpr Lead kLeads[] = {
    {1, "I", "MDC_ECG_LEAD_I"},           {2, "II", "MDC_ECG_LEAD_II"},          {3, "V1", "MDC_ECG_LEAD_V1"},
    {4, "V2", "MDC_ECG_LEAD_V2"},         {5, "V3", "MDC_ECG_LEAD_V3"},          {6, "V4", "MDC_ECG_LEAD_V4"},
    {7, "V5", "MDC_ECG_LEAD_V5"},         {8, "V6", "MDC_ECG_LEAD_V6"},          {9, "V7", "MDC_ECG_LEAD_V7"},
    {10, "V2R", "MDC_ECG_LEAD_V2R"},      {11, "V3R", "MDC_ECG_LEAD_V3R"},       {12, "V4R", "MDC_ECG_LEAD_V4R"},
    {13, "V5R", "MDC_ECG_LEAD_V5R"},      {14, "V6R", "MDC_ECG_LEAD_V6R"},       {15, "V7R", "MDC_ECG_LEAD_V7R"},
    {16, "X", "MDC_ECG_LEAD_X"},          {17, "Y", "MDC_ECG_LEAD_Y"},           {18, "Z", "MDC_ECG_LEAD_Z"},
    {19, "CC5", "MDC_ECG_LEAD_CC5"},      {20, "CM5", "MDC_ECG_LEAD_CM5"},       {21, "LA", "MDC_ECG_LEAD_LA"},
    {22, "RA", "MDC_ECG_LEAD_RA"},        {23, "LL", "MDC_ECG_LEAD_LL"},         {24, "fI", "MDC_ECG_LEAD_fI"},
    {25, "fE", "MDC_ECG_LEAD_fE"},        {26, "fC", "MDC_ECG_LEAD_fC"},         {27, "fA", "MDC_ECG_LEAD_fA"},
    {28, "fM", "MDC_ECG_LEAD_fM"},        {29, "fF", "MDC_ECG_LEAD_fF"},         {30, "fH", "MDC_ECG_LEAD_fH"},
    {61, "III", "MDC_ECG_LEAD_III"},      {62, "aVR", "MDC_ECG_LEAD_AVR"},       {63, "aVL", "MDC_ECG_LEAD_AVL"},
    {64, "aVF", "MDC_ECG_LEAD_AVF"},      {65, "-aVR", "MDC_ECG_LEAD_AVRneg"},   {66, "V8", "MDC_ECG_LEAD_V8"},
    {67, "V9", "MDC_ECG_LEAD_V9"},        {68, "V8R", "MDC_ECG_LEAD_V8R"},       {69, "V9R", "MDC_ECG_LEAD_V9R"},
    {70, "D", "MDC_ECG_LEAD_D"},          {71, "A", "MDC_ECG_LEAD_A"},           {72, "J", "MDC_ECG_LEAD_J"},
    {73, "Defib", "MDC_ECG_LEAD_DEFIB"},  {74, "Extern", "MDC_ECG_LEAD_EXTERN"}, {75, "A1", "MDC_ECG_LEAD_A1"},
    {76, "A2", "MDC_ECG_LEAD_A2"},        {77, "A3", "MDC_ECG_LEAD_A3"},         {78, "A4", "MDC_ECG_LEAD_A4"},
    {86, "C", "MDC_ECG_LEAD_C"},          {87, "V", "MDC_ECG_LEAD_V"},           {88, "VR", "MDC_ECG_LEAD_VR"},
    {89, "VL", "MDC_ECG_LEAD_VL"},        {90, "VF", "MDC_ECG_LEAD_VF"},         {91, "MCL", "MDC_ECG_LEAD_MCL"},
    {92, "MCL1", "MDC_ECG_LEAD_MCL1"},    {93, "MCL2", "MDC_ECG_LEAD_MCL2"},     {94, "MCL3", "MDC_ECG_LEAD_MCL3"},
    {95, "MCL4", "MDC_ECG_LEAD_MCL4"},    {96, "MCL5", "MDC_ECG_LEAD_MCL5"},     {97, "MCL6", "MDC_ECG_LEAD_MCL6"},
    {98, "CC", "MDC_ECG_LEAD_CC"},        {99, "CC1", "MDC_ECG_LEAD_CC1"},       {100, "CC2", "MDC_ECG_LEAD_CC2"},
    {101, "CC3", "MDC_ECG_LEAD_CC3"},     {102, "CC4", "MDC_ECG_LEAD_CC4"},      {103, "CC6", "MDC_ECG_LEAD_CC6"},
    {104, "CC7", "MDC_ECG_LEAD_CC7"},     {105, "CM", "MDC_ECG_LEAD_CM"},        {106, "CM1", "MDC_ECG_LEAD_CM1"},
    {107, "CM2", "MDC_ECG_LEAD_CM2"},     {108, "CM3", "MDC_ECG_LEAD_CM3"},      {109, "CM4", "MDC_ECG_LEAD_CM4"},
    {110, "CM6", "MDC_ECG_LEAD_CM6"},     {111, "CM7", "MDC_ECG_LEAD_CM7"},      {112, "CH5", "MDC_ECG_LEAD_CH5"},
    {113, "CS5", "MDC_ECG_LEAD_CS5"},     {114, "CB5", "MDC_ECG_LEAD_CB5"},      {115, "CR5", "MDC_ECG_LEAD_CR5"},
    {116, "ML", "MDC_ECG_LEAD_ML"},       {117, "AB1", "MDC_ECG_LEAD_AB1"},      {118, "AB2", "MDC_ECG_LEAD_AB2"},
    {119, "AB3", "MDC_ECG_LEAD_AB3"},     {120, "AB4", "MDC_ECG_LEAD_AB4"},      {121, "ES", "MDC_ECG_LEAD_ES"},
    {122, "AS", "MDC_ECG_LEAD_AS"},       {123, "AI", "MDC_ECG_LEAD_AI"},        {124, "S", "MDC_ECG_LEAD_S"},
    {125, "dI", "MDC_ECG_LEAD_dI"},       {126, "dII", "MDC_ECG_LEAD_dII"},      {127, "dIII", "MDC_ECG_LEAD_dIII"},
    {128, "daVR", "MDC_ECG_LEAD_daVR"},   {129, "daVL", "MDC_ECG_LEAD_daVL"},    {130, "daVF", "MDC_ECG_LEAD_daVF"},
    {131, "dV1", "MDC_ECG_LEAD_dV1"},     {132, "dV2", "MDC_ECG_LEAD_dV2"},      {133, "dV3", "MDC_ECG_LEAD_dV3"},
    {134, "dV4", "MDC_ECG_LEAD_dV4"},     {135, "dV5", "MDC_ECG_LEAD_dV5"},      {136, "dV6", "MDC_ECG_LEAD_dV6"},
    {137, "RL", "MDC_ECG_LEAD_RL"},       {138, "CV5RL", "MDC_ECG_LEAD_CV5RL"},  {139, "CV6LL", "MDC_ECG_LEAD_CV6LL"},
    {140, "CV6LU", "MDC_ECG_LEAD_CV6LU"}, {141, "V10", "MDC_ECG_LEAD_V10"},
};

bool is_same(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return small(x) == small(y); });
}

template <typename Is>
const Lead* find(Is is) {
  const auto* const found = std::find_if(std::begin(kLeads), std::end(kLeads), is);
  return found == std::end(kLeads) ? nullptr : found;
}

}  // namespace

std::span<const Lead> all_leads() {
  return kLeads;
}

const Lead* lead_by_number(unsigned number) {
  return find([=](const Lead& lead) { return lead.number == number; });
}

const Lead* lead_by_code(std::string_view code) {
  return find([=](const Lead& lead) { return is_same(lead.code, code); });
}

const Lead* lead_by_label(std::string_view label) {
  for (const std::string_view prefix : {"lead ", "ecg "}) {
    if (label.size() > prefix.size() && is_same(label.substr(0, prefix.size()), prefix)) {
      label.remove_prefix(prefix.size());
    }
  }
  // Monitors and Holter recorders place the limb electrodes on the trunk.
  for (const std::string_view limb : {"mli", "mlii", "mliii"}) {
    if (is_same(label, limb)) label.remove_prefix(2);
  }
  return find([=](const Lead& lead) { return is_same(lead.label, label); });
}

}  // namespace meridian::signal
