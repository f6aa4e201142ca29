// The schema block of FHIR R4, made by tools/fhir_schema. MERIDIAN_R4_BLOCK is the path of its file.
        .section .rodata
        .balign 8
        .global meridian_fhir_r4_block
        .global meridian_fhir_r4_block_end
        .hidden meridian_fhir_r4_block
        .hidden meridian_fhir_r4_block_end
meridian_fhir_r4_block:
        .incbin MERIDIAN_R4_BLOCK
meridian_fhir_r4_block_end:
        .section .note.GNU-stack,"",%progbits
