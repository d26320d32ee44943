package dev.sluice.layer;

import static dev.sluice.layer.LayerException.Problem.INCOMPLETE;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Strand;
import dev.sluice.io.LimitExceededException;
import dev.sluice.layer.Cut.Refusal;
import dev.sluice.net.Connection;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;

/// What has come and was not received yet, and the frames in it.
///
///     bytes:   | taken | frame | frame | begin of a frame | room |
///              0       start                              end    bytes.length
///
/// The array grows when it is full of what has come, so a peer that announces much and sends little costs
/// little.
///
/// Threads: one strand at a time; the owner sees to that.
final class FrameInput {
    private static final int FIRST_BYTES = 1 << 9;

    /// Grows up to this when reads fill it, and shrinks to it when it is empty.
    private static final int BULK_BYTES = 1 << 16;

    private final Connection lower;
    private final FrameFormat format;
    private final Clock clock;
    private final Cut cut = new Cut();

    private byte[] bytes = new byte[FIRST_BYTES];
    private ByteBuffer view = ByteBuffer.wrap(bytes);
    private int start;
    private int end;
    private boolean filled; // the last read had no room for more
    private boolean ended;

    long waitedNanos; // statistics

    FrameInput(Connection lower, FrameFormat format) {
        this.lower = lower;
        this.format = format;
        EventLoop loop = Strand.currentLoop();
        this.clock = loop == null ? Clock.system() : loop.clock();
    }

    /// Waits until a whole frame is there; [#take] or [#moveTo] takes it.
    ///
    /// @return false at the end
    boolean advance() throws IOException {
        while (true) {
            if (cut.refusal != null) {
                throw refused(cut.refusal);
            }
            if (format.find(bytes, start, end, cut)) {
                return true;
            }
            if (ended && cut.refusal == null) {
                if (start == end) {
                    return false;
                }
                if (format.endsWithStream()) {
                    return cut.found(start, end, end);
                }
                cut.refusal = new Refusal(INCOMPLETE, "the end came after " + (end - start) + " bytes of a frame", -1);
            }
            if (cut.refusal == null) {
                fill();
            }
        }
    }

    private LayerException refused(Refusal why) {
        return why.claimed() < 0
                ? LayerException.of(why.problem(), "receive", lower, why.what())
                : LayerException.tooLarge("receive", lower, why.what(), why.claimed(), format.limit());
    }

    /// The payload of the frame that [#advance] has found; it may be looked at until the next one.
    ByteBuffer take() {
        view.limit(cut.end).position(cut.begin);
        start = cut.next;
        return view;
    }

    /// Moves the payload of the frame that [#advance] has found.
    ///
    /// @return how many bytes
    int moveTo(ByteBuffer into) throws LimitExceededException {
        int length = cut.end - cut.begin;
        if (length > into.remaining()) {
            throw new LimitExceededException("receive " + lower + ": frame of " + length + " bytes", into.remaining());
        }
        into.put(bytes, cut.begin, length);
        start = cut.next;
        return length;
    }

    private void fill() throws IOException {
        makeRoom();
        long before = clock.nanoTime();
        int count = lower.read(view.limit(bytes.length).position(end));
        waitedNanos += clock.nanoTime() - before;
        ended = count < 0;
        end += Math.max(0, count);
        filled = end == bytes.length;
    }

    private void makeRoom() {
        int held = end - start;
        int size = bytes.length;
        if (held == 0 && size > BULK_BYTES) {
            size = BULK_BYTES;
        } else if (held == size || (filled && size < BULK_BYTES)) {
            size = 2 * size;
        }
        if (size != bytes.length) {
            byte[] other = new byte[size];
            System.arraycopy(bytes, start, other, 0, held);
            bytes = other;
            view = ByteBuffer.wrap(other);
        } else if (start > 0) {
            System.arraycopy(bytes, start, bytes, 0, held);
        }
        start = 0;
        end = held;
        assert end < bytes.length : this;
    }

    @Override
    public String toString() {
        return end - start + " bytes of " + lower;
    }
}
