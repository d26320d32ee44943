package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.loop.SharedLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test class that leaves descriptors open: pipes, sockets, eventfds, rings, pidfds, terminals.
///
/// Files are left out, because the JVM opens jars and sources of randomness when it likes.
public final class DescriptorLeaks implements BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(DescriptorLeaks.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        // What the first use of a class opens for ever is not a leak.
        assertThat(LinuxSupport.callsRefused()).isNull();
        assertThat(LinuxSupport.pidFdRefused()).isNull();
        assertThat(SharedLoop.get()).isNotNull();
        context.getStore(HERE).put("before", open());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        @SuppressWarnings("unchecked")
        List<String> before = (List<String>) context.getStore(HERE).remove("before", List.class);
        List<String> leaked = new ArrayList<>(open());
        before.forEach(leaked::remove);
        assertThat(leaked)
                .as("descriptors that %s left open", context.getDisplayName())
                .isEmpty();
    }

    /// What the descriptors of this process are, as `/proc` names it, such as `pipe:[123]`.
    public static List<String> open() {
        var targets = new ArrayList<String>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                String target = target(descriptor);
                if (!target.startsWith("/") || target.startsWith("/dev/pt")) {
                    targets.add(target);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return targets;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "/closed meanwhile"; // the one that lists the directory
        }
    }
}
