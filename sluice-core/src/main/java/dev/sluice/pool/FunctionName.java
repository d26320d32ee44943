package dev.sluice.pool;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;

/// A function as one process names it to another that has the same classes.
///
/// The names of a method reference are those that the compiler leaves in the method that Java serialization
/// would call, `writeReplace`. It is called here, and no serialization follows: what it returns is read, and
/// thrown away. Only what the parent's own code refers to can be named.
///
/// @param type the name of the class that has the method, or is the function
/// @param method its name; empty where the class is the function
/// @param descriptor its parameters and result, erased, as in class files
/// @param called the argument and the result of the function, erased
record FunctionName(Kind kind, String type, String method, String descriptor, String called) {
    /// What is named.
    enum Kind {
        STATIC,
        /// Called on its argument: `String::length`.
        VIRTUAL,
        CONSTRUCTOR,
        /// A record that is a function: its components come with each call.
        RECORD
    }

    /// The name of a function.
    ///
    /// @throws IllegalArgumentException if it has none that another process could use
    static FunctionName of(PoolFunction<?, ?> function) {
        Class<?> type = function.getClass();
        if (type.isRecord()) {
            return new FunctionName(Kind.RECORD, type.getName(), "", "", "");
        }
        if (!type.isHidden() && !type.isSynthetic()) {
            throw new IllegalArgumentException("function " + type.getName()
                    + ": class=plain, expected a method reference, a lambda that captures nothing, or a record");
        }
        SerializedLambda names = names(function);
        if (names.getCapturedArgCount() > 0) {
            throw new IllegalArgumentException(
                    "function " + names.getImplClass().replace('/', '.') + "::"
                            + names.getImplMethodName() + ": captured=" + names.getCapturedArgCount()
                            + ", expected nothing: another process gets its name only; pass values in the argument, or in a"
                            + " record that is the function");
        }
        return new FunctionName(
                kind(names),
                names.getImplClass().replace('/', '.'),
                names.getImplMethodName(),
                names.getImplMethodSignature(),
                names.getInstantiatedMethodType());
    }

    /// What messages call a function, whether or not it has a name that another process could use.
    static String shown(PoolFunction<?, ?> function) {
        Class<?> type = function.getClass();
        if (!type.isHidden() && !type.isSynthetic()) {
            return simple(type.getName());
        }
        try {
            SerializedLambda names = names(function);
            String method = names.getImplMethodName();
            return new FunctionName(kind(names), names.getImplClass().replace('/', '.'), method, "", "").shown();
        } catch (IllegalArgumentException denied) {
            return simple(type.getName()); // its package is closed
        }
    }

    private static String simple(String type) {
        return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
    }

    private static Kind kind(SerializedLambda names) {
        return switch (names.getImplMethodKind()) {
            case MethodHandleInfo.REF_invokeStatic -> Kind.STATIC;
            case MethodHandleInfo.REF_newInvokeSpecial -> Kind.CONSTRUCTOR;
            default -> Kind.VIRTUAL; // nothing is captured, so it is called on its argument
        };
    }

    private static SerializedLambda names(PoolFunction<?, ?> function) {
        Class<?> type = function.getClass();
        try {
            MethodHandle replace = MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .findVirtual(type, "writeReplace", MethodType.methodType(Object.class));
            return (SerializedLambda) (Object) replace.invoke(function);
        } catch (IllegalAccessException denied) {
            throw new IllegalArgumentException(
                    "function " + type.getName() + ": access=denied, expected " + type.getPackageName()
                            + " to be open to dev.sluice",
                    denied);
        } catch (Throwable failure) {
            throw new IllegalArgumentException(
                    "function " + type.getName() + ": names=none, expected a method reference or a lambda", failure);
        }
    }

    /// For people: `Primes::isPrime`.
    String shown() {
        return switch (kind) {
            case RECORD -> simple(type);
            case CONSTRUCTOR -> simple(type) + "::new";
            case STATIC, VIRTUAL -> simple(type) + "::" + method;
        };
    }

    void write(DataOutput out) throws IOException {
        out.writeUTF(kind.name());
        out.writeUTF(type);
        out.writeUTF(method);
        out.writeUTF(descriptor);
        out.writeUTF(called);
    }

    static FunctionName read(DataInput in) throws IOException {
        return new FunctionName(Kind.valueOf(in.readUTF()), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
    }
}
