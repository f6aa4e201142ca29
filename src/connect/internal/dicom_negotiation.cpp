#include "connect/internal/dicom_negotiation.hpp"

#include <algorithm>
#include <utility>

#include "formats/dicom/transfer_syntax.hpp"

namespace meridian::connect::internal {

namespace {

constexpr AssociateReject kVersion{1, 2, 2};
constexpr AssociateReject kApplication{1, 1, 2};
constexpr AssociateReject kCallingUnknown{1, 1, 3};
constexpr AssociateReject kCalledUnknown{1, 1, 7};
constexpr AssociateReject kNoReason{1, 1, 1};
constexpr std::uint32_t kLeastPdu = 128;

bool is_known(const DicomServerOptions& options, const DicomPeer& peer) {
  if (options.peers.empty()) return true;
  return std::any_of(options.peers.begin(), options.peers.end(), [&](const DicomKnownPeer& known) {
    return known.title == peer.calling && (known.address.empty() || known.address == peer.address) &&
           (known.certificate_sha256.empty() || known.certificate_sha256 == peer.certificate_sha256);
  });
}

/// Of objects, whatever formats/dicom knows: they are kept as they come. Of what is read and answered, what has no
/// coding and the order of bytes of today.
bool is_acceptable(DicomService service, const std::string& uid) {
  if (service != DicomService::store) return uid == dicom::uids::kExplicitLittle || uid == dicom::uids::kImplicitLittle;
  return dicom::find_transfer_syntax(uid) != nullptr;
}

PresentationAnswer answer(const DicomHandler& handler, const AssociateRequest& request,
                          const PresentationContext& context) {
  PresentationAnswer out{context.id, ContextResult::abstract_syntax_not_supported,
                         std::string(dicom::uids::kImplicitLittle)};
  const DicomService service = service_of(context.abstract_syntax);
  bool is_offered = service != DicomService::none && (service == DicomService::echo || handler.offers(service));
  if (service == DicomService::store && !is_offered) {
    // Not received, but perhaps given out: C-GET sends on contexts whose requestor takes the provider's role.
    is_offered = handler.offers(DicomService::get) &&
                 std::any_of(request.user.roles.begin(), request.user.roles.end(), [&](const RoleSelection& role) {
                   return role.sop_class == context.abstract_syntax && role.is_provider;
                 });
  }
  if (!is_offered) return out;
  const auto& proposed = context.transfer_syntaxes;
  const auto found = std::find_if(proposed.begin(), proposed.end(),
                                  [&](const std::string& uid) { return is_acceptable(service, uid); });
  out.result = found == proposed.end() ? ContextResult::transfer_syntaxes_not_supported : ContextResult::accepted;
  if (found != proposed.end()) out.transfer_syntax = *found;
  return out;
}

}  // namespace

const std::string& own_title(const DicomServerOptions& options) {
  static const std::string kDefault = "MERIDIAN";
  return options.titles.empty() ? kDefault : options.titles.front();
}

std::variant<AssociateReject, AssociateAccept> negotiate(const DicomServerOptions& options, const DicomHandler& handler,
                                                         const AssociateRequest& request, const DicomPeer& peer) {
  if ((request.versions & 1U) == 0) return kVersion;
  if (request.application_context != uids::kApplicationContext) return kApplication;
  const auto& titles = options.titles;
  if (!titles.empty() && std::find(titles.begin(), titles.end(), request.called) == titles.end()) return kCalledUnknown;
  if (!is_known(options, peer)) return kCallingUnknown;
  if (request.user.max_pdu_bytes != 0 && request.user.max_pdu_bytes < kLeastPdu) return kNoReason;

  AssociateAccept accept;
  accept.called = request.called;
  accept.calling = request.calling;
  accept.application_context = request.application_context;
  for (const PresentationContext& context : request.contexts) {
    accept.contexts.push_back(answer(handler, request, context));
  }
  accept.user.max_pdu_bytes = options.max_pdu_bytes;
  accept.user.implementation_class = kImplementationClass;
  accept.user.implementation_version = kImplementationVersion;
  if (request.user.window) accept.user.window = OperationsWindow{1, 1};
  for (const RoleSelection& role : request.user.roles) {
    if (service_of(role.sop_class) != DicomService::store) continue;
    accept.user.roles.push_back({role.sop_class, role.is_user && handler.offers(DicomService::store),
                                 role.is_provider && handler.offers(DicomService::get)});
  }
  return accept;
}

}  // namespace meridian::connect::internal
