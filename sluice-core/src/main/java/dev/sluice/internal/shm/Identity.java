package dev.sluice.internal.shm;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Unistd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// Who this process is, for people who look, and for the check that a file is of this boot.
///
/// Nothing decides by it who is alive: a number may belong to another process by now, or mean another one in
/// another container.
///
/// @param boot the kernel's random name of this boot
/// @param pid the number of the process in its own namespace
/// @param pidNamespace the namespace's inode number; 0 where it cannot be seen
/// @param startTicks when the process began, in ticks since the boot; 0 where it cannot be seen
record Identity(UUID boot, int pid, long pidNamespace, long startTicks) {
    private static final int START_TICKS_FIELD = 22;

    /// @throws SharedFileException if the system does not say which boot this is
    static Identity ofThisProcess() throws SharedFileException {
        try {
            UUID boot = UUID.fromString(
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
            return new Identity(boot, Unistd.getpid(new CallState()), pidNamespaceOfUs(), startTicksOfUs());
        } catch (IOException | IllegalArgumentException e) {
            throw new SharedFileException(
                    SharedFileException.Problem.UNSUPPORTED, "read the boot's id: " + e + ", expected /proc", e);
        }
    }

    private static long pidNamespaceOfUs() throws IOException {
        String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString(); // pid:[4026531836]
        return Long.parseLong(link.substring(link.indexOf('[') + 1, link.indexOf(']')));
    }

    private static long startTicksOfUs() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String behindName = stat.substring(stat.lastIndexOf(')') + 2); // the name may hold anything
        return Long.parseLong(behindName.split(" ", START_TICKS_FIELD)[START_TICKS_FIELD - 3]);
    }
}
