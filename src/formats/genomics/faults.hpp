// What reading VCF says about a file, in English and Chinese. Ids are stable.
#pragma once

#include "base/issue.hpp"

namespace meridian::genomics::faults {

// The header.
inline constexpr Message kFileFormat{"vcf-fileformat", "the first line must be ##fileformat=VCFv4.1 to 4.5",
                                     "第一行须为 ##fileformat=VCFv4.1 至 4.5"};
inline constexpr Message kMetaForm{"vcf-meta-form", "a line of the header must have the form ##key=value",
                                   "头部各行须为 ##键=值 的形式"};
inline constexpr Message kMetaStructure{"vcf-meta-structure", "the structured line is not well formed: {0}",
                                        "结构化头部行格式不正确：{0}"};
inline constexpr Message kMetaMissing{"vcf-meta-missing", "{0} is missing, or not where it belongs in the line",
                                      "缺少 {0}，或其位置不正确"};
inline constexpr Message kMetaValue{"vcf-meta-value", "{0} cannot be \"{1}\"", "{0} 的值不能为 “{1}”"};
inline constexpr Message kMetaTwice{"vcf-meta-twice", "\"{0}\" is declared twice", "“{0}” 被重复声明"};
inline constexpr Message kReserved{"vcf-reserved", "the specification defines {0} as Number={1}, Type={2}",
                                   "规范将 {0} 定义为 Number={1}、Type={2}"};
inline constexpr Message kUrl{"vcf-url", "this is no URL of a file", "不是文件的 URL"};
inline constexpr Message kColumns{"vcf-columns",
                                  "the header must end with #CHROM POS ID REF ALT QUAL FILTER INFO, and FORMAT with "
                                  "names of samples where there are any, separated by tabs",
                                  "头部末行须为以制表符分隔的 #CHROM POS ID REF ALT QUAL FILTER INFO，有样本时再加 "
                                  "FORMAT 与样本名"};
inline constexpr Message kNoColumns{"vcf-no-columns", "the line #CHROM is missing", "缺少 #CHROM 行"};
inline constexpr Message kSampleTwice{"vcf-sample-twice", "the name of sample {0} stands twice", "第 {0} 个样本名重复"};
inline constexpr Message kEmptyName{"vcf-sample-empty", "sample {0} has no name", "第 {0} 个样本没有名称"};
inline constexpr Message kNoNewline{"vcf-no-newline", "the last line must end with a line break",
                                    "最后一行须以换行符结束"};
inline constexpr Message kNotUtf8{"vcf-not-utf8", "the line is not UTF-8", "该行不是 UTF-8"};

// Records.
inline constexpr Message kTooFewColumns{"vcf-few-columns", "the line has {0} columns, {1} are needed; it is left out",
                                        "该行有 {0} 列，应有 {1} 列；已略过"};
inline constexpr Message kSampleColumns{"vcf-sample-columns", "the line has {0} columns, the header {1}",
                                        "该行有 {0} 列，头部有 {1} 列"};
inline constexpr Message kTooMuch{"vcf-too-much", "there are more than {0} ({1}); the line is left out",
                                  "超过 {0} 个（{1}）；该行已略过"};
inline constexpr Message kEmptyLine{"vcf-empty-line", "an empty line", "空行"};
inline constexpr Message kEmpty{"vcf-empty", "nothing stands here; what is missing is written \".\"",
                                "此处为空；缺失值应写为 “.”"};
inline constexpr Message kCharacter{"vcf-character", "a character stands here that may not", "此处含有不允许的字符"};
inline constexpr Message kPosition{"vcf-position", "POS must be a number from 0; the line is left out",
                                   "POS 须为不小于 0 的整数；该行已略过"};
inline constexpr Message kBeyondContig{"vcf-beyond-contig", "POS lies beyond the length of the contig",
                                       "POS 超出染色体（contig）长度"};
inline constexpr Message kUndeclared{"vcf-undeclared", "{0} is not declared in the header", "{0} 未在头部声明"};
inline constexpr Message kBases{"vcf-bases", "bases are A, C, G, T and N", "碱基只能为 A、C、G、T、N"};
inline constexpr Message kAllele{"vcf-allele", "an allele is bases, *, a symbol in angle brackets, or a breakend",
                                 "等位基因须为碱基、*、尖括号中的符号或断点"};
inline constexpr Message kSymbol{"vcf-symbol", "the structural variant is none that the specification has",
                                 "规范中没有这种结构变异"};
inline constexpr Message kSameAsReference{"vcf-same-as-reference", "an alternate allele is the reference",
                                          "替代等位基因与参考相同"};
inline constexpr Message kQuality{"vcf-quality", "QUAL must be a number from 0, or missing",
                                  "QUAL 须为不小于 0 的数或缺失"};
inline constexpr Message kTwice{"vcf-twice", "{0} stands twice", "{0} 重复出现"};
inline constexpr Message kKey{"vcf-key", "this is no name of a field", "不是合法的字段名"};
inline constexpr Message kFlagValue{"vcf-flag-value", "a flag has no value", "标志字段不带值"};
inline constexpr Message kNoValue{"vcf-no-value", "the field has no value", "该字段没有值"};
inline constexpr Message kType{"vcf-type", "the value must be of type {0}", "值的类型须为 {0}"};
inline constexpr Message kNegative{"vcf-negative", "the value cannot be negative", "值不能为负"};
inline constexpr Message kCount{"vcf-count", "there are {0} values, {1} are needed (Number={2})",
                                "有 {0} 个值，应有 {1} 个（Number={2}）"};
inline constexpr Message kCigar{"vcf-cigar", "this is no CIGAR", "不是 CIGAR 串"};
inline constexpr Message kGenotypeFirst{"vcf-genotype-first", "GT must be the first field of FORMAT",
                                        "GT 须为 FORMAT 的第一个字段"};
inline constexpr Message kNoFormat{"vcf-no-format", "there are samples but no FORMAT", "有样本但没有 FORMAT"};
inline constexpr Message kGenotype{"vcf-genotype", "this is no genotype", "不是基因型"};
inline constexpr Message kGenotypeEnd{"vcf-genotype-end", "nothing stands behind the last separator of the genotype",
                                      "基因型的最后一个分隔符之后为空"};
inline constexpr Message kAlleleRange{"vcf-allele-range", "the genotype names an allele that the record lacks",
                                      "基因型引用了该记录没有的等位基因"};
inline constexpr Message kMoreValues{"vcf-more-values", "the sample has more fields than FORMAT names",
                                     "样本字段多于 FORMAT"};
inline constexpr Message kEnd{"vcf-end", "END lies before POS", "END 在 POS 之前"};

// The order of records.
inline constexpr Message kUnsorted{"vcf-unsorted", "the record lies before the one above it", "记录位于上一条记录之前"};
inline constexpr Message kScattered{"vcf-scattered", "records of this contig stand above already, others lie between",
                                    "该染色体（contig）的记录不连续"};
inline constexpr Message kDuplicate{"vcf-duplicate", "the variant stands twice in the file",
                                    "同一变异在文件中出现两次"};

// Structural variants from 4.4 on.
inline constexpr Message kSvLength{"vcf-sv-length", "SVLEN is needed for {0}", "{0} 需要 SVLEN"};
inline constexpr Message kSvLengthOfBases{"vcf-sv-length-bases", "SVLEN must be missing for alleles of bases",
                                          "由碱基构成的等位基因，其 SVLEN 须缺失"};
inline constexpr Message kSvClaim{"vcf-sv-claim", "SVCLAIM of {0} must be {1}", "{0} 的 SVCLAIM 须为 {1}"};
inline constexpr Message kCopyLengths{"vcf-copy-lengths", "with CN in FORMAT, the SVLEN of DEL, DUP and CNV are one",
                                      "FORMAT 含 CN 时，DEL、DUP、CNV 的 SVLEN 须一致"};
inline constexpr Message kInterval{"vcf-interval", "an interval begins at or below 0 and ends at or above it",
                                   "置信区间的下限须不大于 0，上限须不小于 0"};
inline constexpr Message kNeedsCopies{"vcf-needs-copies", "CICN needs CN beside it", "CICN 须与 CN 同时出现"};
inline constexpr Message kRepeatUnit{"vcf-repeat-unit", "a tandem repeat needs RUS or RUL", "串联重复需要 RUS 或 RUL"};
inline constexpr Message kRepeatLength{"vcf-repeat-length", "RUL is not the length of RUS", "RUL 与 RUS 的长度不符"};
inline constexpr Message kRepeatBases{"vcf-repeat-bases", "RB is not RUC times the length of the repeat unit",
                                      "RB 不等于 RUC 乘以重复单元长度"};
inline constexpr Message kRepeatCounts{"vcf-repeat-counts", "with RUB, RUC must be whole numbers, and RUB as many",
                                       "有 RUB 时，RUC 须为整数，且 RUB 的个数与之相符"};
inline constexpr Message kPhaseSet{"vcf-phase-set", "{0} must be missing for what is not in a phase set",
                                   "不在相位集中的等位基因，其 {0} 须缺失"};

// Beside the text.
inline constexpr Message kReferenceDiffers{"vcf-reference-differs", "REF is not what the reference has there",
                                           "REF 与参考序列不符"};

}  // namespace meridian::genomics::faults
