package io.graceful.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The machine code against what an assembler (llvm-mc) makes of the text beside it. */
class OrphanCallCodeTest {

  @Test
  void on_x86_64() {
    assertThat(HexFormat.of().formatHex(OrphanCall.code(Arch.X86_64)))
        .isEqualTo(
            "f30f1efa" //       endbr64
                + "53" //       pushq %rbx
                + "4889fb" //   movq  %rdi, %rbx
                + "488b7b08" // movq  8(%rbx), %rdi
                + "488b7310" // movq  16(%rbx), %rsi
                + "488b5318" // movq  24(%rbx), %rdx
                + "488b4b20" // movq  32(%rbx), %rcx
                + "4c8b4328" // movq  40(%rbx), %r8
                + "4c8b4b30" // movq  48(%rbx), %r9
                + "ff13" //     callq *(%rbx)
                + "48894338" // movq  %rax, 56(%rbx)
                + "31c0" //     xorl  %eax, %eax
                + "5b" //       popq  %rbx
                + "c3"); //     retq
  }

  @Test
  void on_aarch64() {
    assertThat(HexFormat.of().formatHex(OrphanCall.code(Arch.AARCH64)))
        .isEqualTo(
            "5f2403d5" //         bti c
                + "fd7bbea9" //   stp x29, x30, [sp, #-32]!
                + "f30b00f9" //   str x19, [sp, #16]
                + "f30300aa" //   mov x19, x0
                + "690240f9" //   ldr x9, [x19]
                + "600640f9" //   ldr x0, [x19, #8]
                + "610a40f9" //   ldr x1, [x19, #16]
                + "620e40f9" //   ldr x2, [x19, #24]
                + "631240f9" //   ldr x3, [x19, #32]
                + "641640f9" //   ldr x4, [x19, #40]
                + "651a40f9" //   ldr x5, [x19, #48]
                + "20013fd6" //   blr x9
                + "601e00f9" //   str x0, [x19, #56]
                + "00008052" //   mov w0, #0
                + "f30b40f9" //   ldr x19, [sp, #16]
                + "fd7bc2a8" //   ldp x29, x30, [sp], #32
                + "c0035fd6"); // ret
  }
}
