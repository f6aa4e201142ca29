// The page at `/`, embedded as it is; page.cpp reads it.
    .section .rodata
    .global meridian_page_begin
    .global meridian_page_end
meridian_page_begin:
    .incbin MERIDIAN_PAGE
meridian_page_end:
    .section .note.GNU-stack, "", %progbits
