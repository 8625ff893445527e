package io.graceful.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine code against what an assembler (llvm-mc) makes of the text beside it. */
class SignalHandlerCodeTest {

  private static final long ORIGINAL = 0x1122334455667788L;
  private static final int COUNTER = 0x47;

  @Test
  void on_x86_64_a_thread_signal_goes_to_the_handler_of_before() {
    assertThat(hex(SignalTrap.handler(Arch.X86_64, ORIGINAL, COUNTER)))
        .isEqualTo(
            "f30f1efa" //                     endbr64
                + "837e08fa" //               cmpl   $-6, 8(%rsi)
                + "750c" //                   jne    .+14
                + "48b88877665544332211" //   movabsq $0x1122334455667788, %rax
                + "ffe0" //                   jmpq   *%rax
                + "b801000000" //             movl   $1, %eax
                + "bf47000000" //             movl   $71, %edi
                + "488d3508000000" //         leaq   8(%rip), %rsi
                + "ba08000000" //             movl   $8, %edx
                + "0f05" //                   syscall
                + "c3" //                     retq
                + "0100000000000000"); //     .quad  1
  }

  @ParameterizedTest
  @ValueSource(longs = {0 /* SIG_DFL */, 1 /* SIG_IGN */})
  void on_x86_64_a_thread_signal_is_dropped_if_there_was_no_handler(long original) {
    assertThat(hex(SignalTrap.handler(Arch.X86_64, original, COUNTER)))
        .isEqualTo(
            "f30f1efa" //                     endbr64
                + "837e08fa" //               cmpl   $-6, 8(%rsi)
                + "7501" //                   jne    .+3
                + "c3" //                     retq
                + "b801000000" //             movl   $1, %eax
                + "bf47000000" //             movl   $71, %edi
                + "488d3508000000" //         leaq   8(%rip), %rsi
                + "ba08000000" //             movl   $8, %edx
                + "0f05" //                   syscall
                + "c3" //                     retq
                + "0100000000000000"); //     .quad  1
  }

  @Test
  void on_aarch64_a_thread_signal_goes_to_the_handler_of_before() {
    assertThat(hex(SignalTrap.handler(Arch.AARCH64, ORIGINAL, COUNTER)))
        .isEqualTo(aarch64("8877665544332211"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0 /* SIG_DFL */, 1 /* SIG_IGN */})
  void on_aarch64_a_thread_signal_is_dropped_if_there_was_no_handler(long original) {
    assertThat(hex(SignalTrap.handler(Arch.AARCH64, original, COUNTER)))
        .isEqualTo(aarch64("0000000000000000"));
  }

  private static String aarch64(String original) {
    return "5f2403d5" //              0 bti  c
        + "280840b9" //               4 ldr  w8, [x1, #8]
        + "1f190031" //               8 cmn  w8, #6
        + "81000054" //              12 b.ne #16 (28)
        + "90010058" //              16 ldr  x16, #48 (64)
        + "300100b4" //              20 cbz  x16, #36 (56)
        + "00021fd6" //              24 br   x16
        + "60010018" //              28 ldr  w0, #44 (72)
        + "c1010010" //              32 adr  x1, #56 (88)
        + "020180d2" //              36 mov  x2, #8
        + "080880d2" //              40 mov  x8, #64
        + "010000d4" //              44 svc  #0
        + "c0035fd6" //              48 ret
        + "1f2003d5" //              52 nop
        + "c0035fd6" //              56 ret
        + "1f2003d5" //              60 nop
        + original //                64 .quad
        + "47000000" //              72 .word 71
        + "00000000" //              76
        + "0000000000000000" //      80
        + "0100000000000000"; //     88 .quad 1
  }

  private static String hex(byte[] code) {
    return HexFormat.of().formatHex(code);
  }
}
