package dev.sluice.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records of a module that is not open to Sluice need a lookup with access.
class ClosedModuleTest {
    @TempDir
    Path folder;

    private Class<?> record() throws IOException, ClassNotFoundException {
        Path code = Files.createDirectories(folder.resolve("shop"));
        Files.writeString(folder.resolve("module-info.java"), "module shop { exports shop; }");
        Files.writeString(code.resolve("Item.java"), """
                package shop;
                record Item(String name, int count) {}
                """);
        Files.writeString(code.resolve("Access.java"), """
                package shop;
                public final class Access {
                    public static java.lang.invoke.MethodHandles.Lookup lookup() {
                        return java.lang.invoke.MethodHandles.lookup();
                    }
                    public static Object item() { return new Item("tea", 2); }
                }
                """);
        Path classes = folder.resolve("classes");
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-d",
                        classes.toString(),
                        folder.resolve("module-info.java").toString(),
                        code.resolve("Item.java").toString(),
                        code.resolve("Access.java").toString());
        assertThat(result).as("result of javac").isZero();
        ModuleLayer boot = ModuleLayer.boot();
        Configuration shop = boot.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("shop"));
        ModuleLayer layer = boot.defineModulesWithOneLoader(shop, getClass().getClassLoader());
        return layer.findLoader("shop").loadClass("shop.Item");
    }

    @Test
    void aLookupGivesAccess() throws Throwable {
        Class<?> item = record();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cbor.of(item))
                .withMessageStartingWith("codec of shop.Item: access=denied, expected its package to be open");

        Class<?> access = item.getClassLoader().loadClass("shop.Access");
        MethodHandles.Lookup lookup =
                (MethodHandles.Lookup) access.getMethod("lookup").invoke(null);
        Object value = access.getMethod("item").invoke(null);
        @SuppressWarnings("unchecked") // the codec of the value's class
        Codec<Object> codec = (Codec<Object>) Cbor.defaults().withLookup(lookup).codec(item);
        byte[] bytes = codec.encode(value);
        assertThat(Cbor.describe(bytes)).isEqualTo("{\"name\": \"tea\", \"count\": 2}");
        assertThat(codec.decode(bytes)).isEqualTo(value);
    }
}
