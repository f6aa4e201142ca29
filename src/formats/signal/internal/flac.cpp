#include "formats/signal/internal/flac.hpp"

#include <FLAC/stream_decoder.h>

#include <memory>
#include <optional>

namespace meridian::signal::internal {
namespace {

struct Reading {
  const RandomAccessFile& file;
  const Callback<bool(const FlacBlock&)>* visit = nullptr;
  std::uint64_t at = 0;
  std::uint64_t length = 0;
  std::uint64_t next = 0;  // sample
  std::optional<Error> error = {};
  bool is_damaged = false;
  bool has_enough = false;
};

FLAC__StreamDecoderReadStatus read(const FLAC__StreamDecoder*, FLAC__byte* into, std::size_t* size, void* client) {
  auto& reading = *static_cast<Reading*>(client);
  const Result<std::size_t> got = reading.file.read_at(reading.at, {reinterpret_cast<char*>(into), *size});
  if (!got) {
    reading.error = got.error();
    return FLAC__STREAM_DECODER_READ_STATUS_ABORT;
  }
  *size = *got;
  reading.at += *got;
  return *got == 0 ? FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM : FLAC__STREAM_DECODER_READ_STATUS_CONTINUE;
}

FLAC__StreamDecoderWriteStatus write(const FLAC__StreamDecoder*, const FLAC__Frame* frame,
                                     const FLAC__int32* const samples[], void* client) {
  auto& reading = *static_cast<Reading*>(client);
  const FlacBlock block{reading.next, frame->header.blocksize, frame->header.channels, samples};
  reading.next += block.count;
  reading.has_enough = !(*reading.visit)(block);
  return reading.has_enough ? FLAC__STREAM_DECODER_WRITE_STATUS_ABORT : FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
}

void metadata(const FLAC__StreamDecoder*, const FLAC__StreamMetadata* block, void* client) {
  if (block->type != FLAC__METADATA_TYPE_STREAMINFO) return;
  static_cast<Reading*>(client)->length = block->data.stream_info.total_samples;
}

void damage(const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus, void* client) {
  static_cast<Reading*>(client)->is_damaged = true;
}

struct Deleter {
  void operator()(FLAC__StreamDecoder* decoder) const { FLAC__stream_decoder_delete(decoder); }
};

Result<> run(Reading& reading, bool whole) {
  const auto bad = [&]() -> Result<> {
    if (reading.error) return fail(*reading.error);
    return fail(ErrorCode::malformed_input, "this is no whole FLAC stream");
  };
  const std::unique_ptr<FLAC__StreamDecoder, Deleter> decoder(FLAC__stream_decoder_new());
  if (decoder == nullptr ||
      FLAC__stream_decoder_init_stream(decoder.get(), read, nullptr, nullptr, nullptr, nullptr, write, metadata, damage,
                                       &reading) != FLAC__STREAM_DECODER_INIT_STATUS_OK ||
      FLAC__stream_decoder_process_until_end_of_metadata(decoder.get()) == 0 ||
      FLAC__stream_decoder_get_state(decoder.get()) == FLAC__STREAM_DECODER_END_OF_STREAM) {
    return bad();
  }
  if (!whole) return {};
  const bool done = FLAC__stream_decoder_process_until_end_of_stream(decoder.get()) != 0;
  if (reading.has_enough) return {};
  return done && !reading.is_damaged && !reading.error ? Result<>() : bad();
}

}  // namespace

Result<std::uint64_t> flac_length(const RandomAccessFile& file) {
  Reading reading{file};
  TRY(run(reading, false));
  return reading.length;
}

Result<> read_flac(const RandomAccessFile& file, const Callback<bool(const FlacBlock&)>& visit) {
  Reading reading{file, &visit};
  return run(reading, true);
}

}  // namespace meridian::signal::internal
