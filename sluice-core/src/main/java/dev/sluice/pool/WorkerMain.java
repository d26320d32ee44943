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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A worker process: runs the calls that come in by one pipe, one after the other, and answers by another.
///
/// The `main` thread runs the functions. A thread beside it reads, so that cancellations arrive while a
/// function runs, calls that wait behind it can be given back, and the end of the pipe is seen: then the parent
/// is dead, and the process halts at once, whatever it does. It ends when the pool says that no more comes: for a
/// thread that reads, the exit of a JVM
/// takes 300 ms. If the parent dies after that, its guardian ends this process.
///
/// Invariant: a call is in `calls`, or `main` has it; who takes it out answers it. `main` takes the next one
/// when its answer to the one before is in the pipe, so that what dies with the process is what it ran.
///
/// Its standard streams are not the pipes: what functions print goes to the pool as text, and what they read is
/// empty.
final class WorkerMain {
    /// Where [WorkerLaunch] puts the pipes.
    static final String REQUESTS = "/dev/fd/3";

    static final String REPLIES = "/dev/fd/4";

    private static final int PARENT_GONE = 1;

    private final DataInputStream requests;
    private final ReentrantLock replying = new ReentrantLock();
    private final OutputStream replies; // under replying
    private final PrintStream printed;
    private final BlockingQueue<Incoming> calls = new LinkedBlockingQueue<>(); // the pool sends few ahead
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
        volatile boolean answered; // pairs with its reads by the reader, which keeps it for longer if it is early
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

    private final Deque<Incoming> known = new ArrayDeque<>(); // the reader only: calls that may be cancelled

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
                call.answered = true;
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
        replying.lock();
        try {
            replies.write(frame.array(), frame.arrayOffset() + frame.position(), frame.remaining());
        } finally {
            replying.unlock();
        }
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
                while (!known.isEmpty() && known.getFirst().answered) {
                    known.removeFirst();
                }
                Incoming call = incoming(frame);
                known.addLast(call);
                calls.add(call);
            }
            case WorkerFrame.CANCEL -> cancel(frame.getLong());
            case WorkerFrame.RECALL -> giveBack();
            case WorkerFrame.END -> {
                calls.add(last);
                return false;
            }
            default -> throw new EOFException("frame: kind unknown");
        }
        return true;
    }

    /// One that has not begun does not begin.
    private void cancel(long id) throws IOException {
        for (Incoming call : known) {
            if (call.id == id && calls.remove(call)) {
                known.remove(call);
                send(WorkerFrame.of(WorkerFrame.CANCELLED, id));
                return;
            }
            if (call.id == id && !call.answered) {
                call.cancel();
            }
        }
    }

    private void giveBack() throws IOException {
        List<Incoming> waiting = new ArrayList<>();
        calls.drainTo(waiting);
        known.removeAll(waiting);
        send(WorkerFrame.returned(waiting.stream().mapToLong(call -> call.id).toArray()));
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
