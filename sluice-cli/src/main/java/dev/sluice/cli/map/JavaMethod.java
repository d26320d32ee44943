package dev.sluice.cli.map;

import dev.sluice.pool.PoolFunction;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A static method that is called with each item, in a worker: `--java com.example.Thumbnails::make`.
///
/// It has one parameter: text, or what is made of it as the table says. Its result is printed, if it has one.
record JavaMethod(String type, String method) implements PoolFunction<String, JavaMethod.Printed> {
    /// The types of parameters, the best first.
    private static final List<Map.Entry<Class<?>, Function<String, Object>>> PARAMETERS = List.of(
            Map.entry(String.class, text -> text),
            Map.entry(Path.class, Path::of),
            Map.entry(long.class, Long::valueOf),
            Map.entry(int.class, Integer::valueOf),
            Map.entry(double.class, Double::valueOf));

    private static final String EXPECTED = "a static method of one String, Path, long, int or double";
    private static final int SHOWN = 8; // candidates

    /// @param text the result; empty for a method without one
    record Printed(Optional<String> text) {}

    /// @throws UsageException unless it is `CLASS::METHOD`
    static JavaMethod parse(String text) throws UsageException {
        int colons = text.indexOf("::");
        if (colons < 1 || colons + 2 == text.length() || text.indexOf(':', colons + 2) >= 0) {
            throw new UsageException("'" + text + "', expected CLASS::METHOD");
        }
        return new JavaMethod(text.substring(0, colons), text.substring(colons + 2));
    }

    /// Looks for it before anything runs; no code of its class does.
    ///
    /// @param classPath where its class is, besides this program's own; may be empty
    /// @throws UsageException if there is no such class, or it has no such method
    void requireFound(String classPath) throws UsageException, IOException {
        try (var loader = new URLClassLoader(urls(classPath), ClassLoader.getSystemClassLoader())) {
            Class<?> owner = Class.forName(type, false, loader);
            if (PARAMETERS.stream().noneMatch(each -> find(owner, each.getKey()).isPresent())) {
                throw new UsageException(
                        "--java " + this + ": no such method, expected " + EXPECTED + candidates(owner));
            }
        } catch (ClassNotFoundException no) {
            throw new UsageException("--java " + this + ": class not found: " + type
                    + (classPath.isEmpty() ? ", expected --classpath PATH that has it" : " in " + classPath)
                    + nested(classPath));
        } catch (LinkageError broken) {
            // Its workers meet it, too, and tell with each item what it lacks.
        }
    }

    private static URL[] urls(String classPath) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String entry : classPath.isEmpty() ? new String[0] : classPath.split(File.pathSeparator, -1)) {
            if (entry.equals("*") || entry.endsWith(File.separator + "*")) {
                File[] jars = new File(entry)
                        .getAbsoluteFile()
                        .getParentFile()
                        .listFiles(
                                file -> file.getName().toLowerCase(Locale.ROOT).endsWith(".jar"));
                for (File jar : jars == null ? new File[0] : jars) {
                    urls.add(jar.toURI().toURL());
                }
            } else {
                urls.add(new File(entry).getAbsoluteFile().toURI().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }

    /// What was probably meant, or all there is if that is little.
    private String candidates(Class<?> owner) {
        List<String> names = Arrays.stream(owner.getDeclaredMethods())
                .filter(each -> PARAMETERS.stream().anyMatch(parameter -> fits(each, parameter.getKey())))
                .map(Method::getName)
                .filter(name -> !name.contains("$"))
                .distinct()
                .sorted()
                .toList();
        return DidYouMean.closest(method, names)
                .map(name -> "; did you mean " + name + "?")
                .orElse(
                        names.isEmpty()
                                ? "; it has none"
                                : "; it has " + String.join(", ", names.subList(0, Math.min(SHOWN, names.size()))));
    }

    /// `a.Outer.Inner` is `a.Outer$Inner` to the JVM.
    private String nested(String classPath) throws IOException {
        int dot = type.lastIndexOf('.');
        if (dot < 0) {
            return "";
        }
        String inner = type.substring(0, dot) + "$" + type.substring(dot + 1);
        try (var loader = new URLClassLoader(urls(classPath), ClassLoader.getSystemClassLoader())) {
            Class.forName(inner, false, loader);
            return "; did you mean '" + inner + "'?";
        } catch (ClassNotFoundException | LinkageError no) {
            return "";
        }
    }

    @Override
    public Printed apply(String item) throws Exception {
        Class<?> owner = Class.forName(type);
        for (var parameter : PARAMETERS) {
            Optional<Method> found = find(owner, parameter.getKey());
            if (found.isPresent()) {
                return call(found.get(), parameter.getValue().apply(item));
            }
        }
        throw new NoSuchMethodException(this + ": found none, expected " + EXPECTED);
    }

    private Optional<Method> find(Class<?> owner, Class<?> parameter) {
        return Arrays.stream(owner.getDeclaredMethods())
                .filter(each -> each.getName().equals(method) && fits(each, parameter))
                .findFirst();
    }

    private static boolean fits(Method each, Class<?> parameter) {
        return Modifier.isStatic(each.getModifiers())
                && Arrays.equals(each.getParameterTypes(), new Class<?>[] {parameter})
                && isReachable(each);
    }

    /// Whether a worker may call it: all of the class path, and of a module, as those of the JDK, what it gives to all.
    private static boolean isReachable(Method each) {
        Class<?> owner = each.getDeclaringClass();
        return !owner.getModule().isNamed()
                || Modifier.isPublic(each.getModifiers())
                        && Modifier.isPublic(owner.getModifiers())
                        && owner.getModule().isExported(owner.getPackageName());
    }

    private static Printed call(Method method, Object argument) throws Exception {
        method.setAccessible(true);
        try {
            Object result = method.invoke(null, argument);
            return new Printed(
                    method.getReturnType() == void.class ? Optional.empty() : Optional.of(String.valueOf(result)));
        } catch (InvocationTargetException thrown) {
            switch (thrown.getCause()) {
                case Exception failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw thrown;
            }
        }
    }

    @Override
    public String toString() {
        return type + "::" + method;
    }
}
