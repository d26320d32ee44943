package dev.sluice.internal.shm;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// One direction of a pipe between two processes.
public final class PipeStress {
    private PipeStress() {}

    /// A direction as its two ends see it, with room for two messages. The first that a model sends goes around the
    /// end of the ring.
    abstract static class Direction {
        private static final long ROOM = 80; // two and a half messages

        private static final int LEAST_BYTES = 1024;

        /// Nobody waits here, so nobody asks it.
        private static final SharedPipe PIPE = open();

        final PipeRing sender;
        final PipeRing receiver;
        private final Scratch scratch = new Scratch();

        Direction() {
            long at = new Piece().at;
            sender = new PipeRing(PIPE, Piece.ONE, at, ROOM);
            receiver = new PipeRing(PIPE, Piece.OTHER, at, ROOM);
            for (int i = 0; i < 2; i++) {
                send(0);
                receive();
            }
        }

        private static SharedPipe open() {
            try (var directory = SharedDirectory.open(SharedDirectory.BASE, "sluice-stress-" + UUID.randomUUID())) {
                SharedPipe pipe = SharedPipe.open(directory, "pipe", LEAST_BYTES);
                directory.removeAll();
                return pipe;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        final String send(int number) {
            return sender.trySend(Piece.bytes(number), Piece.VALUE_BYTES) ? "sent" : "full";
        }

        final String receive() {
            return receiver.tryReceive(scratch) ? Piece.word(scratch.bytes(), Piece.VALUE_BYTES) : "none";
        }

        final String left() {
            var left = new StringBuilder("left");
            for (String message = receive(); !message.equals("none"); message = receive()) {
                left.append(message.substring("got".length()));
            }
            return left.toString();
        }
    }

    /// A message comes around the end of the ring while the other process looks.
    @JCStressTest
    @Outcome(id = "sent, got 7, left", expect = ACCEPTABLE, desc = "it is there")
    @Outcome(id = "sent, none, left 7", expect = ACCEPTABLE, desc = "it came too late")
    @Outcome(expect = FORBIDDEN, desc = "it is lost, comes twice, or is torn")
    @State
    public static class SendAgainstReceive extends Direction {
        @Actor
        public void sender(LLL_Result r) {
            r.r1 = send(7);
        }

        @Actor
        public void receiver(LLL_Result r) {
            r.r2 = receive();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = left();
        }
    }

    /// The ring is full most of the time: each message goes where one has just been received.
    @JCStressTest
    @Outcome(id = "whole", expect = ACCEPTABLE, desc = "each message, in order")
    @Outcome(expect = FORBIDDEN, desc = "the new message is in one that is being read")
    @State
    public static class SendIntoFreed extends Direction {
        private static final int TIMES = 16;

        @Actor
        public void sender() {
            for (int number = 0; number < TIMES; number++) {
                while (send(number).equals("full")) {
                    Thread.onSpinWait();
                }
            }
        }

        @Actor
        public void receiver(L_Result r) {
            r.r1 = "whole";
            for (int number = 0; number < TIMES; number++) {
                String got = receive();
                while (got.equals("none")) {
                    Thread.onSpinWait();
                    got = receive();
                }
                if (!got.equals("got " + number)) {
                    r.r1 = number + ", " + got;
                }
            }
        }
    }

    /// The last message and the end, while the other process asks for the end and then for a message.
    @JCStressTest
    @Outcome(
            id = {"open, none", "open, got 7", "ended, got 7"},
            expect = ACCEPTABLE,
            desc = "what was sent before the end is there at the end")
    @Outcome(expect = FORBIDDEN, desc = "the end without the last message")
    @State
    public static class FinishAgainstReceive extends Direction {
        @Actor
        public void sender() {
            send(7);
            sender.finish();
        }

        @Actor
        public void receiver(LL_Result r) {
            r.r1 = receiver.isFinished() ? "ended" : "open";
            r.r2 = receive();
        }
    }
}
