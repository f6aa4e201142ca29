// The first dictionary of the store's values, made by tools/store_dictionary. MERIDIAN_DICTIONARY_1 is the path of its
// file.
        .section .rodata
        .balign 8
        .global meridian_store_dictionary_1
        .global meridian_store_dictionary_1_end
        .hidden meridian_store_dictionary_1
        .hidden meridian_store_dictionary_1_end
meridian_store_dictionary_1:
        .incbin MERIDIAN_DICTIONARY_1
meridian_store_dictionary_1_end:
        .section .note.GNU-stack,"",%progbits
