package dev.sluice.pool;

import dev.sluice.task.CancelScope;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A worker process: runs the calls that come in by one pipe, one after the other, and answers by another.
///
/// The `main` thread runs the functions. A thread beside it reads, so that cancellations arrive while a
/// function runs, and so that the end of the pipe does: then the parent is dead, and the process halts at once,
/// whatever it does. It ends when the pool says that no more comes: for a thread that reads, the exit of a JVM
/// takes 300 ms. If the parent dies after that, its guardian ends this process.
///
/// Its standard streams are not the pipes: what functions print goes to the pool as text, and what they read is
/// empty.
final class WorkerMain {
    /// Where [WorkerLaunch] puts the pipes.
    static final String REQUESTS = "/dev/fd/3";

    static final String REPLIES = "/dev/fd/4";

    private static final int PARENT_GONE = 1;

    private final DataInputStream requests;
    private final OutputStream replies; // main only
    private final PrintStream printed;
    private final BlockingQueue<Incoming> calls = new LinkedBlockingQueue<>(); // the pool sends few at a time
    private final Map<Integer, FunctionName> names = new ConcurrentHashMap<>();
    private final Map<Integer, LinkedFunction> functions = new HashMap<>(); // main only

    /// A call, or the end of all.
    ///
    /// Threads: `main` runs it, the reader cancels it. `scope` and `cancelled` are written by one of them and
    /// then the other is read, so that one of both sees the other: pair with each other.
    private static final class Incoming {
        final long id;
        final int function;
        final ByteBuffer self;
        final ByteBuffer argument;
        volatile boolean cancelled; // pairs with scope
        volatile @Nullable CancelScope scope; // pairs with cancelled

        Incoming(long id, int function, ByteBuffer self, ByteBuffer argument) {
            this.id = id;
            this.function = function;
            this.self = self;
            this.argument = argument;
        }

        void cancel() {
            cancelled = true;
            CancelScope running = scope;
            if (running != null) {
                running.cancel("cancelled by the pool");
            }
        }

        Object run(LinkedFunction linked) throws Exception {
            Object value = linked.argument.decode(argument);
            Object[] result = new Object[1];
            boolean whole = CancelScope.run(entered -> {
                scope = entered;
                if (cancelled) {
                    entered.cancel("cancelled by the pool");
                }
                CancelScope.checkpoint();
                result[0] = called(linked, value);
            });
            if (!whole) {
                throw new InterruptedException("call " + id + ": cancelled");
            }
            return result[0];
        }

        private Object called(LinkedFunction linked, Object value) throws Exception {
            try {
                return linked.call(self, value);
            } catch (Exception | Error failure) {
                throw failure;
            } catch (Throwable failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    /// Stands for the end of all.
    private final Incoming last = new Incoming(-1, -1, ByteBuffer.allocate(0), ByteBuffer.allocate(0));

    private Incoming newest = last; // the reader only; any cancellation is of this one

    private WorkerMain(DataInputStream requests, OutputStream replies, PrintStream printed) {
        this.requests = requests;
        this.replies = replies;
        this.printed = printed;
    }

    static void main(String[] arguments) throws IOException {
        var requests = new DataInputStream(new BufferedInputStream(new FileInputStream(REQUESTS)));
        var worker = new WorkerMain(requests, new FileOutputStream(REPLIES), System.out);
        Thread.ofPlatform().name("requests").daemon().start(worker::read);
        worker.work();
        System.exit(0); // even if functions left threads behind
    }

    private void work() throws IOException {
        send(WorkerFrame.of(WorkerFrame.READY));
        try {
            for (Incoming call = calls.take(); call != last; call = calls.take()) {
                ByteBuffer reply = reply(call);
                boolean _ = Thread.interrupted(); // what is left of a cancellation, or of the function
                printed.flush();
                send(reply);
            }
        } catch (InterruptedException impossible) {
            throw new IllegalStateException("worker: interrupted between calls, expected nobody to", impossible);
        }
    }

    private ByteBuffer reply(Incoming call) {
        try {
            LinkedFunction linked = linked(call.function);
            return WorkerFrame.result(call.id, linked.result, call.run(linked));
        } catch (Throwable failure) {
            return call.cancelled
                    ? WorkerFrame.of(WorkerFrame.CANCELLED, call.id)
                    : WorkerFrame.failed(call.id, failure);
        }
    }

    private LinkedFunction linked(int function) {
        return functions.computeIfAbsent(function, id -> {
            FunctionName name = names.get(id);
            if (name == null) {
                throw new IllegalStateException("call of function " + id + ": not defined");
            }
            return LinkedFunction.of(name, ClassLoader.getSystemClassLoader());
        });
    }

    private void send(ByteBuffer frame) throws IOException {
        replies.write(frame.array(), frame.arrayOffset() + frame.position(), frame.remaining());
    }

    /// The reader's life.
    private void read() {
        try {
            boolean more = true;
            while (more) {
                more = readFrame();
            }
        } catch (IOException gone) {
            Runtime.getRuntime().halt(PARENT_GONE);
        }
    }

    /// @return whether more comes
    private boolean readFrame() throws IOException {
        int length = requests.readInt();
        if (length < 1 || length > WorkerFrame.MOST) {
            throw new EOFException("frame: length=" + length + ", expected 1.." + WorkerFrame.MOST);
        }
        byte[] bytes = new byte[length];
        requests.readFully(bytes);
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        switch (frame.get()) {
            case WorkerFrame.DEFINE -> define(bytes);
            case WorkerFrame.CALL -> {
                newest = incoming(frame);
                calls.add(newest);
            }
            case WorkerFrame.CANCEL -> {
                if (newest.id == frame.getLong()) {
                    newest.cancel();
                }
            }
            case WorkerFrame.END -> {
                calls.add(last);
                return false;
            }
            default -> throw new EOFException("frame: kind unknown");
        }
        return true;
    }

    private void define(byte[] frame) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(frame, 1, frame.length - 1))) {
            int function = in.readInt();
            names.put(function, FunctionName.read(in));
        }
    }

    private static Incoming incoming(ByteBuffer frame) {
        long id = frame.getLong();
        int function = frame.getInt();
        int components = frame.getInt();
        ByteBuffer self = frame.slice(frame.position(), components);
        frame.position(frame.position() + components);
        return new Incoming(id, function, self, frame.slice());
    }
}
