package dev.sluice.tidy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The public API of a module as text: exported packages, public and protected types and members, sorted.
final class ApiText {
    private static final int TYPE_MODIFIERS =
            Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;

    private ApiText() {}

    /// Prints the API of a module from its class files; the classes themselves come from the class path of the tests.
    static String of(Map<String, byte[]> classFiles) {
        Set<String> exported = exports(classFiles);
        StringBuilder text = new StringBuilder();
        for (String packageName : exported) {
            text.append("package ").append(packageName).append('\n');
            for (String name : classFiles.keySet()) {
                String type = name.replace('/', '.');
                if (Bytecode.packageOf(type).equals(packageName) && !type.endsWith("package-info")) {
                    describe(load(type), text);
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    /// The packages exported to everybody.
    static Set<String> exports(Map<String, byte[]> classFiles) {
        byte[] moduleInfo = classFiles.get("module-info");
        if (moduleInfo == null) {
            throw new IllegalArgumentException("module: no module-info among " + classFiles.size() + " classes");
        }
        try {
            return ModuleDescriptor.read(new ByteArrayInputStream(moduleInfo)).exports().stream()
                    .filter(export -> !export.isQualified())
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ApiText.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("class " + name + ": not on the class path of the tests", e);
        }
    }

    /// One type with its members; nothing if it is not visible.
    static void describe(Class<?> type, StringBuilder text) {
        if (!visible(type)) {
            return;
        }
        text.append("  ").append(header(type)).append('\n');
        Set<String> members = new TreeSet<>();
        for (Field field : type.getDeclaredFields()) {
            if (visible(field.getModifiers()) && !field.isSynthetic()) {
                String modifiers = Modifier.toString(field.getModifiers());
                members.add(modifiers + " " + print(field.getAnnotatedType()) + " " + field.getName());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (visible(constructor.getModifiers()) && !constructor.isSynthetic() && !given(type, constructor)) {
                members.add(executable(constructor, "new"));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (visible(method.getModifiers()) && !method.isSynthetic() && !given(type, method)) {
                members.add(executable(method, print(method.getAnnotatedReturnType()) + " " + method.getName()));
            }
        }
        members.forEach(member -> text.append("    ").append(member).append('\n'));
    }

    /// What every enum, record and object has is not worth a line.
    private static boolean given(Class<?> type, Method method) {
        String name = method.getName();
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length == 1) {
            boolean valueOf = type.isEnum() && name.equals("valueOf");
            return valueOf || name.equals("equals") && parameters[0] == Object.class;
        }
        return parameters.length == 0
                && (name.equals("toString")
                        || name.equals("hashCode")
                        || type.isEnum() && name.equals("values")
                        || type.isRecord()
                                && components(type).anyMatch(c -> c.getName().equals(name)));
    }

    private static boolean given(Class<?> type, Constructor<?> constructor) {
        Class<?>[] canonical = components(type).map(RecordComponent::getType).toArray(Class<?>[]::new);
        return type.isEnum() || type.isRecord() && Arrays.equals(constructor.getParameterTypes(), canonical);
    }

    private static Stream<RecordComponent> components(Class<?> type) {
        return type.isRecord() ? Arrays.stream(type.getRecordComponents()) : Stream.empty();
    }

    private static String header(Class<?> type) {
        StringBuilder header = new StringBuilder();
        int kind = type.isRecord() || type.isEnum() ? Modifier.PUBLIC | Modifier.PROTECTED : TYPE_MODIFIERS;
        int modifiers = type.getModifiers() & kind & ~(type.isInterface() ? Modifier.ABSTRACT | Modifier.STATIC : 0);
        header.append(Modifier.toString(modifiers)).append(type.isSealed() ? " sealed" : "");
        header.append(type.isAnnotation() ? " @interface" : type.isInterface() ? " interface" : "");
        header.append(type.isRecord() ? " record" : type.isEnum() ? " enum" : type.isInterface() ? "" : " class");
        header.append(' ')
                .append(type.getName()
                        .substring(type.getPackageName().length() + 1)
                        .replace('$', '.'));
        header.append(typeParameters(type.getTypeParameters()));
        if (type.isRecord()) {
            header.append(components(type)
                    .map(component -> print(component.getAnnotatedType()) + " " + component.getName())
                    .collect(Collectors.joining(", ", "(", ")")));
        }
        AnnotatedType parent = type.getAnnotatedSuperclass();
        if (parent != null && !Set.of(Object.class, Record.class, Enum.class).contains(type.getSuperclass())) {
            header.append(" extends ").append(print(parent));
        }
        String keyword = type.isInterface() ? " extends " : " implements ";
        header.append(list(keyword, Arrays.stream(type.getAnnotatedInterfaces()).map(ApiText::print)));
        if (type.isSealed()) {
            Stream<String> permitted = Arrays.stream(type.getPermittedSubclasses())
                    .map(Class::getName)
                    .sorted();
            header.append(list(" permits ", permitted.map(ApiText::shorten)));
        }
        return header.toString().strip();
    }

    private static String executable(Executable executable, String name) {
        int modifiers = executable.getModifiers()
                & ~(Modifier.TRANSIENT | Modifier.VOLATILE | Modifier.SYNCHRONIZED | Modifier.NATIVE);
        List<String> parameters = new ArrayList<>();
        for (AnnotatedType parameter : executable.getAnnotatedParameterTypes()) {
            parameters.add(print(parameter));
        }
        boolean isDefault = executable instanceof Method method && method.isDefault();
        String type = typeParameters(executable.getTypeParameters());
        return (Modifier.toString(modifiers) + (isDefault ? " default" : "") + " " + (type.isEmpty() ? "" : type + " ")
                                + name)
                        .strip()
                + "(" + String.join(", ", parameters) + ")"
                + list(
                        " throws ",
                        Arrays.stream(executable.getAnnotatedExceptionTypes()).map(ApiText::print));
    }

    private static String typeParameters(java.lang.reflect.TypeVariable<?>[] variables) {
        return variables.length == 0
                ? ""
                : Arrays.stream(variables)
                        .map(variable -> {
                            Stream<String> bounds = Arrays.stream(variable.getAnnotatedBounds())
                                    .map(ApiText::print)
                                    .filter(bound -> !bound.equals("Object"));
                            return variable.getName()
                                    + bounds.collect(Collectors.collectingAndThen(
                                            Collectors.joining(" & "), all -> all.isEmpty() ? "" : " extends " + all));
                        })
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String list(String keyword, Stream<String> items) {
        String joined = items.collect(Collectors.joining(", "));
        return joined.isEmpty() ? "" : keyword + joined;
    }

    private static boolean visible(Class<?> type) {
        for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
            if (!visible(outer.getModifiers()) || outer.isAnonymousClass() || outer.isLocalClass()) {
                return false;
            }
        }
        return !type.isSynthetic();
    }

    private static boolean visible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String print(AnnotatedType type) {
        return shorten(type.toString());
    }

    private static String shorten(String type) {
        return type.replaceAll("@org\\.jspecify\\.annotations\\.(\\w+)\\(\\)", "@$1")
                .replaceAll(
                        "(?<![\\w.])java\\.(lang|util|time|io|util\\.function|util\\.concurrent|nio)\\.(?=(@\\w+ )?[A-Z])",
                        "")
                .replaceAll("(?<![\\w.])dev\\.sluice\\.(?:[a-z]+\\.)*(?=(@\\w+ )?[A-Z])", "")
                .replace('$', '.');
    }
}
