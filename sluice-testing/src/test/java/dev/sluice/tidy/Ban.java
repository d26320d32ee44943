package dev.sluice.tidy;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What the core does not use outside the seams, and what to use instead.
enum Ban {
    MONITOR(
            "synchronized or Object.wait",
            "a coroutine that parks inside keeps the monitor; use a lock-free state or SpinLock") {
        @Override
        boolean broken(Bytecode code) {
            return code.monitors() || calls(code, "java\\.lang\\.Object\\.(wait|notify|notifyAll)");
        }
    },
    TIME("the system's clock", "take the time from a dev.sluice.time.Clock") {
        @Override
        boolean broken(Bytecode code) {
            return calls(
                    code,
                    "java\\.lang\\.System\\.(nanoTime|currentTimeMillis)|java\\.time\\.\\w+\\.now"
                            + "|java\\.time\\.Clock\\.(system|tick).*");
        }
    },
    SLEEP("Thread.sleep", "let the loop's timer wake you") {
        @Override
        boolean broken(Bytecode code) {
            return calls(code, "java\\.lang\\.Thread\\.sleep|java\\.util\\.concurrent\\.TimeUnit\\.sleep");
        }
    },
    RANDOM("unseeded randomness", "take it from the random seam") {
        @Override
        boolean broken(Bytecode code) {
            return names(code, "java\\.util\\.(Random|concurrent\\.ThreadLocalRandom)|java\\.security\\.SecureRandom")
                    || calls(code, "java\\.lang\\.Math\\.random|java\\.util\\.UUID\\.randomUUID");
        }
    },
    SOCKET("the JDK's sockets", "go through the poller") {
        @Override
        boolean broken(Bytecode code) {
            return names(
                    code,
                    "java\\.net\\.\\w*Socket|java\\.nio\\.channels\\.(\\w*SocketChannel|DatagramChannel|Selector)");
        }
    },
    SERIALIZATION("Java serialization", "nothing is ever serialised by class name; encode records") {
        @Override
        boolean broken(Bytecode code) {
            return names(code, "java\\.io\\.(Serializable|Externalizable|Object(In|Out)put(Stream)?)");
        }
    },
    REFLECTION("java.lang.reflect", "only VirtualThreads reaches into the JDK") {
        @Override
        boolean broken(Bytecode code) {
            return names(code, "java\\.lang\\.reflect\\..*");
        }
    },
    PROPERTY("system properties", "name it in Setting, which the doctor prints and the guide lists") {
        @Override
        boolean broken(Bytecode code) {
            return calls(
                    code,
                    "java\\.lang\\.(System\\.getProperty|Boolean\\.getBoolean|Integer\\.getInteger|Long\\.getLong)");
        }
    },
    FOREIGN("java.lang.foreign", "system calls and native memory are methods of dev.sluice.internal.linux") {
        @Override
        boolean broken(Bytecode code) {
            return names(code, "java\\.lang\\.foreign\\..*");
        }
    };

    private final String what;
    private final String cure;

    Ban(String what, String cure) {
        this.what = what;
        this.cure = cure;
    }

    abstract boolean broken(Bytecode code);

    Violation violation(Bytecode code) {
        return Violation.of(code.name(), "uses " + what + ": " + cure + ", or add it to Bans.SEAMS with a reason");
    }

    private static boolean calls(Bytecode code, String pattern) {
        return code.calls().stream().anyMatch(matches(pattern));
    }

    private static boolean names(Bytecode code, String pattern) {
        return code.types().stream().anyMatch(matches(pattern));
    }

    private static Predicate<String> matches(String pattern) {
        return Pattern.compile(pattern).asMatchPredicate();
    }
}
