package dev.sluice.cli.map;

import dev.sluice.pool.PoolFunction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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

    @Override
    public Printed apply(String item) throws Exception {
        Class<?> owner = Class.forName(type);
        for (var parameter : PARAMETERS) {
            Optional<Method> found = find(owner, parameter.getKey());
            if (found.isPresent()) {
                return call(found.get(), parameter.getValue().apply(item));
            }
        }
        throw new NoSuchMethodException(
                this + ": found none, expected a static method of one String, Path, long, int or double");
    }

    private Optional<Method> find(Class<?> owner, Class<?> parameter) {
        return Arrays.stream(owner.getDeclaredMethods())
                .filter(each -> each.getName().equals(method)
                        && Modifier.isStatic(each.getModifiers())
                        && Arrays.equals(each.getParameterTypes(), new Class<?>[] {parameter}))
                .findFirst();
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
