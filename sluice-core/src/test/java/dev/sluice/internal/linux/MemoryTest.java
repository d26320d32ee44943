package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryTest {
    @Test
    void givesZeroedAlignedMemory() {
        long address = Memory.allocate(1_000);
        for (int i = 0; i < 1_000; i++) {
            assertThat(Memory.getByte(address + i)).isZero();
        }
        assertThat(address % 16).isZero();
        Memory.free(address);
    }

    @Test
    void isLittleEndianAndKeepsWhatIsPut() {
        long address = Memory.allocate(64);
        Memory.putLong(address, 0x0807060504030201L);
        assertThat(Memory.getByte(address)).isEqualTo((byte) 1);
        assertThat(Memory.getInt(address + 4)).isEqualTo(0x08070605);
        Memory.putInt(address + 4, -1);
        assertThat(Memory.getLong(address)).isEqualTo(0xFFFFFFFF04030201L);
        Memory.putIntRelease(address, 77); // pairs with the acquire in the next line
        assertThat(Memory.getIntAcquire(address)).isEqualTo(77);
        Memory.putByte(address + 63, (byte) -3);
        assertThat(Memory.getByte(address + 63)).isEqualTo((byte) -3);
        Memory.free(address);
    }

    @Test
    void copiesInBothDirectionsAndOverlapping() {
        long address = Memory.allocate(64);
        byte[] source = {9, 1, 2, 3, 4, 9};
        Memory.copy(source, 1, address, 4);
        Memory.copy(address, address + 2, 4);
        byte[] target = new byte[8];
        Memory.copy(address, target, 1, 6);
        assertThat(target).containsExactly(0, 1, 2, 1, 2, 3, 4, 0);
        Memory.free(address);
    }
}
