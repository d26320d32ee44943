package dev.sluice.tidy;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// Compiles a class with one member in memory, to show that a rule finds what it is for.
final class Snippet {
    private Snippet() {}

    /// The classes of `class X { member }` in a package, beside empty classes that the member may name.
    static Collection<Bytecode> compile(String packageName, String member, String... others) {
        List<JavaFileObject> files = new ArrayList<>();
        files.add(text(packageName + ".X", "package " + packageName + "; public class X { " + member + " }"));
        for (String other : others) {
            String name = other.substring(other.lastIndexOf('.') + 1);
            files.add(text(other, "package " + Bytecode.packageOf(other) + "; public class " + name + " {}"));
        }
        return classes(files).values().stream().map(Bytecode::read).toList();
    }

    /// The class files of sources in memory, by name.
    static Map<String, byte[]> classes(List<JavaFileObject> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> compiled = new TreeMap<>();
        JavaFileManager memory = new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location location, String name, JavaFileObject.Kind kind, FileObject near) {
                return new SimpleJavaFileObject(URI.create("mem:///" + name.replace('.', '/') + kind.extension), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return compiled.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
                    }
                };
            }
        };
        boolean fine = compiler.getTask(null, memory, null, List.of("-proc:none", "-nowarn"), null, files)
                .call();
        if (!fine) {
            throw new IllegalArgumentException("snippet " + files + ": does not compile");
        }
        Map<String, byte[]> classes = new TreeMap<>();
        compiled.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    static JavaFileObject text(String className, String code) {
        URI uri = URI.create("mem:///" + className.replace('.', '/') + ".java");
        return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return code;
            }
        };
    }
}
