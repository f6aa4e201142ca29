// The files of catalog/mappings, packed by tools/catalogue/pack.py. MERIDIAN_MAPPING_CATALOGUE is the path of the block.
        .section .rodata
        .balign 8
        .global meridian_mapping_catalogue
        .global meridian_mapping_catalogue_end
        .hidden meridian_mapping_catalogue
        .hidden meridian_mapping_catalogue_end
meridian_mapping_catalogue:
        .incbin MERIDIAN_MAPPING_CATALOGUE
meridian_mapping_catalogue_end:
        .section .note.GNU-stack,"",%progbits
