package dev.sluice.layer;

import dev.sluice.cancel.CancelledException;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.codec.WireOutput;
import dev.sluice.internal.io.Turn;
import dev.sluice.internal.strand.Strand;
import dev.sluice.io.StreamBusyException;
import dev.sluice.layer.LayerStatistics.Flow;
import dev.sluice.net.Connection;
import dev.sluice.sync.Lock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Frames of a format in the bytes of a connection.
///
/// A frame is put together in one buffer and written at once, unless it is large: then header, payload and
/// trailer are written one after the other. If a cancellation comes in the middle of a frame, the rest goes out
/// behind the scenes, before the next frame.
///
/// Threads: sending is guarded by `sending`, receiving by `receiving`; the counters are written under these,
/// and read by anybody, who may see them late.
final class FrameStream implements Frames {
    private static final int SESSION = 5;
    private static final int FIRST_BYTES = 1 << 9;

    /// Larger buffers are given up when they are empty.
    private static final int KEPT_BYTES = 1 << 16;

    /// Larger payloads are not copied.
    private static final int COPIED_BYTES = 1 << 12;

    private final Stack stack;
    private final Connection lower;
    private final FrameFormat format;

    // Guarded by receiving.
    private final Turn receiving = new Turn();
    private final FrameInput input;
    private long messagesIn;
    private long bytesIn;

    // Guarded by sending.
    private final Lock sending;
    private final Remainder remainder;
    private WireOutput output;
    private long messagesOut;
    private long bytesOut;

    FrameStream(Stack stack, FrameFormat format) {
        this.stack = stack;
        this.lower = stack.top();
        this.format = format;
        this.input = new FrameInput(lower, format);
        this.sending = new Lock("sending of " + lower);
        this.remainder = new Remainder(lower);
        this.output = newOutput();
    }

    private WireOutput newOutput() {
        int most = format.headerLimit() + format.limit() + format.trailerLength();
        return WireOutput.growing(Math.min(FIRST_BYTES, most), most);
    }

    // ---- sending

    @Override
    public void send(ByteBuffer payload) throws IOException {
        int length = payload.remaining();
        requireWithinLimit(length);
        format.check(payload, payload.position(), payload.limit());
        try (var _ = sending.acquire()) {
            remainder.awaitGone();
            if (length > COPIED_BYTES) {
                sendAround(payload);
            } else {
                sendCopy(payload);
            }
            sent(length);
        }
    }

    private void sendCopy(ByteBuffer payload) throws IOException {
        int position = payload.position();
        int start = begin();
        output.ensure(payload.remaining());
        output.buffer().put(payload);
        boolean done = false;
        try {
            pass(frame(start));
            done = true;
        } finally {
            if (!done) {
                payload.position(position);
            }
        }
    }

    private void sendAround(ByteBuffer payload) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(format.headerLimit());
        format.putHeader(payload.remaining(), header);
        ByteBuffer trailer = ByteBuffer.allocate(format.trailerLength());
        format.putTrailer(trailer);
        pass(header.flip(), payload, trailer.flip());
    }

    @Override
    public <T> void send(T value, Codec<T> codec) throws IOException {
        try (var _ = sending.acquire()) {
            remainder.awaitGone();
            int start = begin();
            encode(value, codec);
            int end = output.position();
            format.check(output.buffer(), start, end);
            pass(frame(start));
            sent(end - start);
        }
    }

    private <T> void encode(T value, Codec<T> codec) throws LayerException {
        try {
            codec.encode(value, output);
        } catch (CodecException failure) {
            if (failure.problem() == CodecException.Problem.NO_ROOM) {
                int size = codec.encode(value).length; // only for the message: how large it would be
                throw LayerException.tooLarge("send", lower, "length", size, format.limit());
            }
            throw failure;
        }
    }

    /// Leaves room for the header.
    ///
    /// @return where the payload begins
    private int begin() {
        if (output.buffer().capacity() > KEPT_BYTES) {
            output = newOutput();
        }
        output.buffer().clear();
        output.position(format.headerLimit());
        return format.headerLimit();
    }

    /// Puts header and trailer around the payload that ends at the output's position.
    private ByteBuffer frame(int start) throws LayerException {
        int end = output.position();
        int length = end - start;
        requireWithinLimit(length);
        output.ensure(format.trailerLength());
        ByteBuffer bytes = output.buffer();
        format.putTrailer(bytes);
        int first = start - format.headerLength(length);
        int behind = bytes.position();
        bytes.position(first);
        format.putHeader(length, bytes);
        assert bytes.position() == start : bytes;
        return bytes.limit(behind).position(first);
    }

    private void requireWithinLimit(int length) throws LayerException {
        if (length > format.limit()) {
            throw LayerException.tooLarge("send", lower, "length", length, format.limit());
        }
    }

    /// Writes a frame whole, or nothing of it.
    private void pass(ByteBuffer... parts) throws IOException {
        long before = Remainder.size(parts);
        try {
            for (ByteBuffer part : parts) {
                lower.write(part);
            }
        } catch (CancelledException cancelled) {
            if (Remainder.size(parts) == before || !remainder.start(parts)) {
                throw cancelled;
            }
            // The frame will go. The next suspension tells the caller of the cancellation.
        }
    }

    private void sent(int length) {
        messagesOut++;
        bytesOut += length;
    }

    // ---- receiving

    @Override
    public int receive(ByteBuffer into) throws IOException {
        enter();
        try {
            if (!input.advance()) {
                return -1;
            }
            int length = input.moveTo(into);
            received(length);
            return length;
        } finally {
            receiving.leave();
        }
    }

    @Override
    public <T> Optional<T> receive(Codec<T> codec) throws IOException {
        enter();
        try {
            if (!input.advance()) {
                return Optional.empty();
            }
            ByteBuffer frame = input.take();
            received(frame.remaining());
            return Optional.of(codec.decode(frame));
        } catch (CodecException failure) {
            throw undecodable(failure);
        } finally {
            receiving.leave();
        }
    }

    private LayerException undecodable(CodecException failure) {
        var told = LayerException.of(
                LayerException.Problem.UNDECODABLE, "receive", lower, String.valueOf(failure.getMessage()));
        told.initCause(failure);
        return told;
    }

    private void enter() {
        Strand before = receiving.enter(Strand.current());
        if (before != null) {
            throw new StreamBusyException("receive", toString(), before.path());
        }
    }

    private void received(int length) {
        messagesIn++;
        bytesIn += length;
    }

    // ---- the end

    @Override
    public void closeOutput() throws IOException {
        try (var _ = sending.acquire()) {
            remainder.awaitGone();
            lower.closeOutput();
        }
    }

    @Override
    public void close() throws IOException {
        remainder.awaitGoneInGrace();
        lower.close();
    }

    @Override
    public void abort() {
        lower.abort();
        remainder.awaitStopped();
    }

    // ---- looking inside

    @Override
    public List<LayerStatistics> layers() {
        List<LayerStatistics> all = new ArrayList<>();
        all.add(new LayerStatistics(
                SESSION,
                format.name(),
                new Flow(bytesIn, messagesIn),
                new Flow(bytesOut, messagesOut),
                Duration.ofNanos(input.waitedNanos)));
        all.addAll(stack.layers());
        return List.copyOf(all);
    }

    @Override
    public String toString() {
        return lower.toString();
    }
}
