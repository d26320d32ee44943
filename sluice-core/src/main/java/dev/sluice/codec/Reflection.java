package dev.sluice.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a codec asks of Java types: the only reflection of this package, done once for each codec. It looks
/// only at types that the program names, and at what those are made of.
final class Reflection {
    /// One component of a record.
    ///
    /// @param name on the wire
    /// @param accessor `(record) -> component`
    record Part(String name, TypeRef type, MethodHandle accessor) {}

    private Reflection() {}

    /// The argument of a subclass of [TypeOf].
    static TypeRef argumentOf(Class<?> subclass) {
        if (subclass.getGenericSuperclass() instanceof ParameterizedType parent
                && parent.getRawType() == TypeOf.class) {
            return resolve(parent.getActualTypeArguments()[0], Map.of());
        }
        throw new IllegalArgumentException("type: class=" + subclass.getName() + ", expected new TypeOf<...>() {}");
    }

    /// A class as a type; it must not need arguments.
    static TypeRef typeOf(Class<?> type) {
        if (type.getTypeParameters().length > 0) {
            throw new IllegalArgumentException(
                    "type " + type.getSimpleName() + ": arguments=none, expected new TypeOf<...>() {} to say them");
        }
        return resolve(type, Map.of());
    }

    /// The type of a parameter, as the source says it.
    static TypeRef parameterOf(Class<?> owner, String method, MethodType type, int index) {
        return resolve(executable(owner, method, type).getGenericParameterTypes()[index], Map.of());
    }

    /// The type of a result, as the source says it.
    static TypeRef resultOf(Class<?> owner, String method, MethodType type) {
        Executable found = executable(owner, method, type);
        return resolve(found instanceof Method called ? called.getGenericReturnType() : owner, Map.of());
    }

    private static Executable executable(Class<?> owner, String method, MethodType type) {
        Executable[] all = method.equals("<init>") ? owner.getDeclaredConstructors() : owner.getDeclaredMethods();
        for (Executable each : all) {
            boolean named = each instanceof Constructor || each.getName().equals(method);
            boolean returns = each instanceof Constructor || ((Method) each).getReturnType() == type.returnType();
            if (named && returns && Arrays.equals(each.getParameterTypes(), type.parameterArray())) {
                return each;
            }
        }
        throw new IllegalArgumentException(
                "method " + method + type + ": owner=" + owner.getName() + ", expected a class that declares it");
    }

    /// What a class says for a parameter of an interface.
    static TypeRef argumentOf(Class<?> type, Class<?> implemented, int index) {
        for (Type parent : type.getGenericInterfaces()) {
            if (parent instanceof ParameterizedType generic && generic.getRawType() == implemented) {
                return resolve(generic.getActualTypeArguments()[index], Map.of());
            }
        }
        throw new IllegalArgumentException("type " + type.getName() + ": interfaces=" + List.of(type.getInterfaces())
                + ", expected " + implemented.getSimpleName() + "<...> itself among them");
    }

    private static TypeRef resolve(Type type, Map<TypeVariable<?>, TypeRef> variables) {
        return switch (type) {
            case Class<?> plain when plain.isArray() -> TypeRef.of(plain, resolve(plain.getComponentType(), variables));
            case Class<?> plain -> TypeRef.of(plain);
            case ParameterizedType generic ->
                new TypeRef(
                        (Class<?>) generic.getRawType(),
                        Arrays.stream(generic.getActualTypeArguments())
                                .map(argument -> resolve(argument, variables))
                                .toList());
            case GenericArrayType array -> {
                TypeRef component = resolve(array.getGenericComponentType(), variables);
                yield TypeRef.of(component.raw().arrayType(), component);
            }
            case WildcardType wildcard -> resolve(wildcard.getUpperBounds()[0], variables);
            case TypeVariable<?> variable -> {
                TypeRef bound = variables.get(variable);
                if (bound == null) {
                    throw new IllegalArgumentException(
                            "type variable " + variable + ": value=unknown, expected a type that is said in full");
                }
                yield bound;
            }
            default -> throw new IllegalArgumentException("type " + type + ": kind=unknown, expected one of Java 25");
        };
    }

    private static Map<TypeVariable<?>, TypeRef> variables(TypeRef type) {
        TypeVariable<?>[] parameters = type.raw().getTypeParameters();
        if (parameters.length != type.arguments().size()) {
            throw new IllegalArgumentException(
                    "type " + type + ": arguments=" + type.arguments().size() + ", expected " + parameters.length);
        }
        Map<TypeVariable<?>, TypeRef> variables = new HashMap<>();
        for (int i = 0; i < parameters.length; i++) {
            variables.put(parameters[i], type.argument(i));
        }
        return variables;
    }

    /// The components of a record, in their order.
    static List<Part> parts(TypeRef type, Lookup lookup) {
        Map<TypeVariable<?>, TypeRef> variables = variables(type);
        List<Part> parts = new ArrayList<>();
        for (RecordComponent component : type.raw().getRecordComponents()) {
            WireName renamed = component.getAnnotation(WireName.class);
            parts.add(new Part(
                    renamed == null ? component.getName() : renamed.value(),
                    resolve(component.getGenericType(), variables),
                    accessor(component.getAccessor(), lookup)));
        }
        return parts;
    }

    private static MethodHandle accessor(Method method, Lookup lookup) {
        open(method);
        try {
            return lookup.unreflect(method);
        } catch (IllegalAccessException denied) {
            throw inaccessible(method.getDeclaringClass(), denied);
        }
    }

    /// The canonical constructor of a record: `(components) -> record`.
    static MethodHandle constructor(Class<?> type, Lookup lookup) {
        Class<?>[] components = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(components);
            open(constructor);
            return lookup.unreflectConstructor(constructor);
        } catch (IllegalAccessException denied) {
            throw inaccessible(type, denied);
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(
                    "record " + type.getName() + ": constructor=none" + MethodType.methodType(void.class, components)
                            + ", expected the canonical one",
                    impossible);
        }
    }

    /// Makes it accessible where its module allows; where not, the lookup may have access itself.
    @SuppressWarnings("CheckReturnValue")
    private static void open(AccessibleObject member) {
        boolean _ = member.trySetAccessible();
    }

    private static IllegalArgumentException inaccessible(Class<?> type, IllegalAccessException denied) {
        return new IllegalArgumentException(
                "codec of " + type.getName() + ": access=denied, expected its package to be open to dev.sluice, or"
                        + " Cbor.withLookup(MethodHandles.lookup()) from a class that may use it",
                denied);
    }

    /// The name on the wire of a permitted type.
    static String nameOf(Class<?> type) {
        WireName renamed = type.getAnnotation(WireName.class);
        return renamed == null ? type.getSimpleName() : renamed.value();
    }

    /// The name on the wire of an enum's constant.
    static String nameOf(Enum<?> constant) {
        try {
            WireName renamed =
                    constant.getDeclaringClass().getField(constant.name()).getAnnotation(WireName.class);
            return renamed == null ? constant.name() : renamed.value();
        } catch (NoSuchFieldException impossible) {
            throw new IllegalStateException("enum constant " + constant + ": field=none, expected one", impossible);
        }
    }

    /// What a sealed interface permits, with arguments; sealed interfaces among them are replaced by what they
    /// permit.
    static List<TypeRef> permitted(TypeRef type) {
        List<TypeRef> permitted = new ArrayList<>();
        for (Class<?> subtype : type.raw().getPermittedSubclasses()) {
            TypeRef full = subtype(type, subtype);
            if (subtype.isInterface() && subtype.isSealed()) {
                permitted(full).stream()
                        .filter(each -> !permitted.contains(each))
                        .forEach(permitted::add);
            } else if (!permitted.contains(full)) {
                permitted.add(full);
            }
        }
        return permitted;
    }

    /// A subtype with the arguments that make it a subtype of exactly this type.
    private static TypeRef subtype(TypeRef type, Class<?> subtype) {
        if (subtype.getTypeParameters().length == 0) {
            return TypeRef.of(subtype);
        }
        Map<TypeVariable<?>, TypeRef> bound = new HashMap<>();
        for (Type parent : subtype.getGenericInterfaces()) {
            if (parent instanceof ParameterizedType generic && generic.getRawType() == type.raw()) {
                Type[] arguments = generic.getActualTypeArguments();
                for (int i = 0; i < arguments.length; i++) {
                    if (arguments[i] instanceof TypeVariable<?> variable) {
                        bound.put(variable, type.argument(i));
                    }
                }
            }
        }
        List<TypeRef> arguments = new ArrayList<>();
        for (TypeVariable<?> parameter : subtype.getTypeParameters()) {
            @Nullable TypeRef argument = bound.get(parameter);
            if (argument == null) {
                throw new IllegalArgumentException("type " + subtype.getSimpleName() + ": " + parameter
                        + "=unknown, expected a parameter that " + type + " determines");
            }
            arguments.add(argument);
        }
        return new TypeRef(subtype, List.copyOf(arguments));
    }
}
