#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpeg/djeijg8.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "formats/dicom/internal/codecs.hpp"

namespace meridian::dicom::internal {
namespace {

/// DCMTK's registries are global: once a process.
void begin() {
  static std::once_flag once;
  std::call_once(once, [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);  // it would tell of patients
    DJDecoderRegistration::registerCodecs(EDC_photometricInterpretation, EUC_never);
    DJLSDecoderRegistration::registerCodecs(EJLSUC_never);
    DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_never);
    DcmRLEEncoderRegistration::registerCodecs();
  });
}

/// The image pixel module, as codecs ask for it. VRs are given, so that no dictionary is needed.
void describe(DcmDataset& image, const PixelFormat& format, std::uint32_t allocated, std::uint32_t stored) {
  const auto put = [&](const DcmTagKey& key, std::uint32_t value) {
    image.putAndInsertUint16(DcmTag(key, DcmVR(EVR_US)), static_cast<Uint16>(value));
  };
  put(DCM_SamplesPerPixel, format.samples);
  image.putAndInsertString(DcmTag(DCM_PhotometricInterpretation, DcmVR(EVR_CS)), format.photometric.c_str());
  if (format.samples > 1) put(DCM_PlanarConfiguration, 0);
  image.putAndInsertString(DcmTag(DCM_NumberOfFrames, DcmVR(EVR_IS)), "1");
  put(DCM_Rows, format.rows);
  put(DCM_Columns, format.columns);
  put(DCM_BitsAllocated, allocated);
  put(DCM_BitsStored, stored);
  put(DCM_HighBit, stored - 1);
  put(DCM_PixelRepresentation, format.is_signed ? 1 : 0);
}

tl::unexpected<Error> refuse(const OFCondition& condition) {
  return fail(ErrorCode::malformed_input, condition.text());
}

/// Samples of whole bytes into a wider allocation.
std::string widened(std::string_view samples, std::uint32_t from, std::uint32_t to, bool is_signed) {
  const std::size_t narrow = from / 8;
  const std::size_t wide = to / 8;
  std::string out(samples.size() / narrow * wide, '\0');
  for (std::size_t i = 0; i < samples.size() / narrow; ++i) {
    const char last = samples[i * narrow + narrow - 1];
    samples.substr(i * narrow, narrow).copy(out.data() + i * wide, narrow);
    if (!is_signed || last >= 0) continue;
    for (std::size_t at = narrow; at < wide; ++at) out[i * wide + at] = '\xFF';
  }
  return out;
}

Result<std::string> decode(std::string_view codestream, std::string_view uid, std::uint32_t precision,
                           PixelFormat& format) {
  const std::uint32_t allocated = precision <= 8 ? 8 : 16;
  if (allocated > format.bits_allocated) {
    return fail(ErrorCode::malformed_input, "its samples are wider than the bits allocated");
  }
  DcmDataset image;
  describe(image, format, allocated, precision);
  auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData, DcmVR(EVR_OB)));
  const DcmTag item_tag(DCM_PixelItemTag, DcmVR(EVR_OB));
  sequence->insert(new DcmPixelItem(item_tag));
  auto item = std::make_unique<DcmPixelItem>(item_tag);
  std::string even(codestream);
  if (even.size() % 2 != 0) even += '\0';
  if (even.size() >= UINT32_MAX) return fail(ErrorCode::too_large, "the codestream is longer than a fragment can be");
  OFCondition done =
      item->putUint8Array(reinterpret_cast<const Uint8*>(even.data()), static_cast<unsigned long>(even.size()));
  if (done.bad()) return refuse(done);
  sequence->insert(item.release());
  auto pixels = std::make_unique<DcmPixelData>(DcmTag(DCM_PixelData, DcmVR(EVR_OB)));
  DcmPixelData* const used = pixels.get();
  pixels->putOriginalRepresentation(DcmXfer(std::string(uid).c_str()).getXfer(), nullptr, sequence.release());
  done = image.insert(pixels.release(), OFTrue);
  if (done.bad()) return refuse(done);

  const std::uint64_t bytes = format.pixels() * format.samples * (allocated / 8);
  if (bytes >= UINT32_MAX) return fail(ErrorCode::too_large, "a frame is larger than the codec can take");
  std::string samples(bytes + bytes % 2, '\0');
  Uint32 fragment = 1;  // after the offset table
  OFString colours;
  done = used->getUncompressedFrame(&image, 0, fragment, samples.data(), static_cast<Uint32>(samples.size()), colours);
  if (done.bad()) return refuse(done);
  samples.resize(bytes);
  if (!colours.empty()) format.photometric = colours;
  if (allocated < format.bits_allocated) {
    samples = widened(samples, allocated, format.bits_allocated, format.is_signed && precision == allocated);
  }
  return samples;
}

Result<std::string> encode(std::string_view samples, std::string_view uid, const PixelFormat& format) {
  DcmDataset image;
  describe(image, format, format.bits_allocated, format.bits_stored);
  std::string even(samples);
  if (even.size() % 2 != 0) even += '\0';
  OFCondition done;
  const bool is_words = format.bits_allocated == 16;
  auto pixels = std::make_unique<DcmPixelData>(DcmTag(DCM_PixelData, DcmVR(is_words ? EVR_OW : EVR_OB)));
  DcmPixelData* const element = pixels.get();
  if (is_words) {
    std::vector<Uint16> words(even.size() / 2);
    std::memcpy(words.data(), even.data(), even.size());
    done = pixels->putUint16Array(words.data(), static_cast<unsigned long>(words.size()));
  } else {
    done = pixels->putUint8Array(reinterpret_cast<const Uint8*>(even.data()), static_cast<unsigned long>(even.size()));
  }
  if (done.bad()) return refuse(done);
  done = image.insert(pixels.release(), OFTrue);
  if (done.bad()) return refuse(done);
  const E_TransferSyntax syntax = DcmXfer(std::string(uid).c_str()).getXfer();
  const DJ_RPLossless lossless(1, 0);
  const DcmRLERepresentationParameter rle;
  const DcmRepresentationParameter* parameter = &lossless;
  if (uid == uids::kRle) parameter = &rle;
  done = image.chooseRepresentation(syntax, parameter);
  if (done.bad()) return refuse(done);
  DcmPixelSequence* sequence = nullptr;
  done = element->getEncapsulatedRepresentation(syntax, parameter, sequence);
  if (done.bad()) return refuse(done);
  std::string out;
  for (unsigned long i = 1; i < sequence->card(); ++i) {
    DcmPixelItem* item = nullptr;
    Uint8* bytes = nullptr;
    if (sequence->getItem(item, i).bad() || item->getUint8Array(bytes).bad()) {
      return fail(ErrorCode::internal, "the codec gave no bytes");
    }
    out.append(reinterpret_cast<const char*>(bytes), item->getLength());
  }
  return out;
}

Result<std::string> encode_picture(std::string_view samples, std::uint32_t rows, std::uint32_t columns,
                                   std::uint32_t samples_a_pixel, int quality) {
  const DJCodecParameter parameters(ECC_lossyYCbCr, EDC_photometricInterpretation, EUC_never, EPC_default);
  DJCompressIJG8Bit encoder(parameters, EJM_baseline, static_cast<Uint8>(quality));
  std::string held(samples);  // the library's buffer is not const
  Uint8* bytes = nullptr;
  Uint32 length = 0;
  const OFCondition done = encoder.encode(
      static_cast<Uint16>(columns), static_cast<Uint16>(rows), samples_a_pixel == 1 ? EPI_Monochrome2 : EPI_RGB,
      static_cast<Uint16>(samples_a_pixel), reinterpret_cast<Uint8*>(held.data()), bytes, length);
  const std::unique_ptr<Uint8[]> owned(bytes);
  if (done.bad()) return refuse(done);
  return std::string(reinterpret_cast<const char*>(bytes), length);
}

/// DCMTK throws nothing itself; its allocations may.
template <typename Work>
Result<std::string> guarded(Work work) {
  begin();
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::too_large, "there is no memory for a frame");
  } catch (const std::exception&) {
    return fail(ErrorCode::malformed_input, "the codec gave up");
  }
}

}  // namespace

Result<std::string> decode_dcmtk(std::string_view codestream, std::string_view uid, std::uint32_t precision,
                                 PixelFormat& format) {
  return guarded([&] { return decode(codestream, uid, precision, format); });
}

Result<std::string> encode_dcmtk(std::string_view samples, std::string_view uid, const PixelFormat& format) {
  return guarded([&] { return encode(samples, uid, format); });
}

Result<std::string> encode_jpeg(std::string_view samples, std::uint32_t rows, std::uint32_t columns,
                                std::uint32_t samples_a_pixel, int quality) {
  return guarded([&] { return encode_picture(samples, rows, columns, samples_a_pixel, quality); });
}

}  // namespace meridian::dicom::internal
