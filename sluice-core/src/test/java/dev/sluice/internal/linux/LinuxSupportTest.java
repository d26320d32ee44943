package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DescriptorLeaks.class)
class LinuxSupportTest {
    /// Run in a JVM of its own: what the answers are there.
    public static void main(String[] arguments) {
        System.out.println("calls: " + LinuxSupport.callsRefused());
        System.out.println("again: " + LinuxSupport.callsRefused());
        System.out.println("pidfd: " + LinuxSupport.pidFdRefused());
        System.out.println("directory: " + LinuxSupport.spawnDirectoryRefused());
        System.out.println("closefrom: " + LinuxSupport.spawnCloseFromRefused());
    }

    @Test
    void findsEverythingHere() {
        assertThat(LinuxSupport.callsRefused()).isNull();
        assertThat(LinuxSupport.pidFdRefused()).isNull();
        assertThat(LinuxSupport.spawnDirectoryRefused()).isNull();
        assertThat(LinuxSupport.spawnCloseFromRefused()).isNull();
    }

    @Test
    void answersOnAnotherSystem() {
        assertThat(Child.java(LinuxSupportTest.class, "-Dos.name=Mac OS X"))
                .contains("calls: system=Mac OS X, expected Linux", "pidfd: system=Mac OS X, expected Linux");
        assertThat(Child.java(LinuxSupportTest.class, "-Dos.arch=riscv64"))
                .contains("calls: architecture=riscv64, expected x86_64 or aarch64");
    }

    @Test
    void answersWhenNativeAccessIsDenied() {
        List<String> answers = Child.java(LinuxSupportTest.class, "--illegal-native-access=deny");
        assertThat(answers).anyMatch(line -> line.startsWith("calls: native access: java.lang.IllegalCallerException"));
        assertThat(answers).as("the second question").anyMatch(line -> line.startsWith("again: native access"));
        assertThat(answers).anyMatch(line -> line.startsWith("closefrom: native access"));
    }
}
