package dev.sluice.tidy;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.InterfaceMethodRefEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What one class file refers to, by names with dots.
///
/// @param name the class, nested ones with `$`
/// @param types every class it names: in code, descriptors, signatures, annotations
/// @param calls every method it calls, as `java.lang.System.nanoTime`; constructors end in `.<init>`
/// @param monitors whether it enters a monitor
record Bytecode(String name, Set<String> types, Set<String> calls, boolean monitors) {
    private static final Pattern DESCRIPTOR = Pattern.compile("L([\\w/$]+)[;<]");

    static Bytecode read(byte[] classFile) {
        ClassModel model = ClassFile.of().parse(classFile);
        Set<String> types = new TreeSet<>();
        Set<String> calls = new TreeSet<>();
        for (PoolEntry entry : model.constantPool()) {
            switch (entry) {
                case ClassEntry type -> addType(type.asInternalName(), types);
                case Utf8Entry text -> addDescriptors(text.stringValue(), types);
                case MethodRefEntry method -> calls.add(call(method));
                case InterfaceMethodRefEntry method -> calls.add(call(method));
                default -> {}
            }
        }
        boolean monitors = model.methods().stream().anyMatch(Bytecode::usesMonitor);
        return new Bytecode(dots(model.thisClass().asInternalName()), types, calls, monitors);
    }

    /// The top-level class that it is part of.
    String topLevel() {
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    String packageName() {
        return packageOf(name);
    }

    static String packageOf(String type) {
        int dot = type.lastIndexOf('.');
        return dot < 0 ? "" : type.substring(0, dot);
    }

    private static void addType(String internalName, Set<String> types) {
        if (internalName.startsWith("[")) {
            addDescriptors(internalName, types);
        } else {
            types.add(dots(internalName));
        }
    }

    private static void addDescriptors(String text, Set<String> types) {
        Matcher matcher = DESCRIPTOR.matcher(text);
        while (matcher.find()) {
            types.add(dots(matcher.group(1)));
        }
    }

    private static String call(MemberRefEntry method) {
        return dots(method.owner().asInternalName()) + "." + method.name().stringValue();
    }

    private static boolean usesMonitor(MethodModel method) {
        if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
            return true;
        }
        return method.code().stream().flatMap(code -> code.elementStream()).anyMatch(Bytecode::entersMonitor);
    }

    private static boolean entersMonitor(CodeElement element) {
        return element instanceof MonitorInstruction monitor && monitor.opcode() == Opcode.MONITORENTER;
    }

    private static String dots(String internalName) {
        return internalName.replace('/', '.');
    }
}
