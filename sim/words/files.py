"""What is said of files and of YAML as it is written, and the parts every problem shares."""

from __future__ import annotations

from typing import Final

FILES: Final[dict[str, tuple[str, str]]] = {
    # -- problems in general -----------------------------------------------------------------
    "did_you_mean": ("did you mean '{guess}'?", "「{guess}」のことでは？"),
    "invalid_input": ("{count:problem/s} in the input", "入力に問題が{count}件ある"),
    "problems.more": (
        "more than {most} problems; the rest is not listed",
        "問題が{most}件を超えた。残りは省略",
    ),
    # -- files -------------------------------------------------------------------------------
    "file.missing": ("there is no such file", "ファイルが見つからない"),
    "file.folder": ("this is a folder, not a file", "ファイルではなくフォルダーである"),
    "file.special": (
        "this is not an ordinary file",
        "通常のファイルではない（デバイスやパイプは読めない）",
    ),
    "file.denied": ("the file may not be read: permission denied", "ファイルを読む権限がない"),
    "file.unreadable": ("the file cannot be read: {reason}", "ファイルを読み込めない：{reason}"),
    "file.too_big": (
        "the file is too big: {size} bytes, at most {most} are read",
        "ファイルが大きすぎる：{size}バイト（上限は{most}バイト）",
    ),
    "file.empty": ("the file is empty", "ファイルに内容がない"),
    "file.not_utf8": (
        "the file is not UTF-8: byte {byte} here stands for no character",
        "UTF-8ではない：ここのバイト{byte}は文字として読めない",
    ),
    "file.save_utf8": (
        "save the file as UTF-8 (it may be in Shift_JIS or UTF-16 now)",
        "文字コードをUTF-8にして保存し直す（Shift_JISやUTF-16で保存されている可能性がある）",
    ),
    # -- YAML as written ---------------------------------------------------------------------
    "yaml.control": (
        "not allowed in a file: {character}",
        "使えない文字が含まれている：{character}",
    ),
    "yaml.unseen": (
        "a character that cannot be seen: {character}",
        "見えない文字がある：{character}",
    ),
    "unseen.00a0": ("no-break space ({code})", "改行しない空白（{code}）"),
    "unseen.00ad": ("soft hyphen ({code})", "ソフトハイフン（{code}）"),
    "unseen.200b": ("zero-width space ({code})", "ゼロ幅スペース（{code}）"),
    "unseen.200c": ("zero-width non-joiner ({code})", "ゼロ幅非接合子（{code}）"),
    "unseen.200d": ("zero-width joiner ({code})", "ゼロ幅接合子（{code}）"),
    "unseen.200e": ("left-to-right mark ({code})", "左横書き記号（{code}）"),
    "unseen.200f": ("right-to-left mark ({code})", "右横書き記号（{code}）"),
    "unseen.2060": ("word joiner ({code})", "単語結合子（{code}）"),
    "unseen.3000": ("full-width space ({code})", "全角スペース（{code}）"),
    "unseen.feff": ("byte order mark ({code})", "バイト順マーク（BOM、{code}）"),
    "unseen.control": ("{name} ({code})", "{name}（{code}）"),
    "unseen.space": ("space of another width ({code})", "幅の異なる空白（{code}）"),
    "unseen.direction": ("mark of direction ({code})", "書字方向の制御文字（{code}）"),
    "unseen.other": ("invisible character ({code})", "見えない文字（{code}）"),
    "yaml.delete_it": (
        "delete it, or write an ordinary space; it may be invisible in your editor",
        "この文字を削除するか、半角スペースに置き換える（エディターでは見えないことがある）",
    ),
    "yaml.tab": (
        "a tab is used where only spaces may stand",
        "半角スペースを使うべきところにタブがある",
    ),
    "yaml.use_spaces": ("indent with spaces", "字下げには半角スペースを使う"),
    "yaml.full_width": (
        "the line has a full-width colon; write an ordinary one, with a space after it (': ')",
        "全角のコロンがある。半角のコロンと半角スペース（「: 」）に直す",
    ),
    "yaml.quote_open": (
        "the quotation mark opened here is never closed",
        "ここで始まる引用符が閉じられていない",
    ),
    "yaml.quote_late": (
        "this quotation mark ends a text that begins on a line above",
        "この引用符は、上の行で始まった文字列の終わりになっている",
    ),
    "yaml.quote_close": (
        "close the text above where it should end",
        "上の文字列を本来の終わりで閉じる",
    ),
    "yaml.bracket_open": (
        "the '{bracket}' opened here is never closed",
        "ここで始まる「{bracket}」が閉じられていない",
    ),
    "yaml.close_it": (
        "close it with '{closing}'; on line {line} it is still open",
        "「{closing}」で閉じる（{line}行目でもまだ開いている）",
    ),
    "yaml.comma": (
        "a ',' or '{closing}' is missing before this",
        "この前に「,」または「{closing}」が足りない",
    ),
    "yaml.bracket_extra": (
        "the '{bracket}' closes nothing that is open",
        "「{bracket}」に対応する開き括弧がない",
    ),
    "yaml.no_colon": (
        "a key without ':' after it",
        "キーの後ろに「:」がない",
    ),
    "yaml.write_pair": (
        "write it as 'key: value', with a space after the ':'",
        "「キー: 値」の形で書く（「:」の後ろに半角スペースが要る）",
    ),
    "yaml.second_colon": (
        "a second ': ' on one line",
        "一行に「: 」が二つある",
    ),
    "yaml.quote_text": (
        "put the text in quotation marks, or begin a new line",
        "文字列なら引用符で囲む。別の項目なら改行する",
    ),
    "yaml.indent": (
        "this line's indentation fits none of the lines above it",
        "字下げが上のどの行とも合っていない",
    ),
    "yaml.align": (
        "let it begin in the same column as the keys it belongs to",
        "同じ階層の項目と先頭をそろえる",
    ),
    "yaml.item_key_mix": (
        "list items ('- …') and keys ('key: …') are mixed at one level",
        "リストの項目（「- …」）とキー（「キー: …」）が同じ階層に混ざっている",
    ),
    "yaml.one_kind": (
        "use one kind only, and indent further what belongs to the entry above",
        "どちらか一方にそろえる。上の項目に属する行は字下げを深くする",
    ),
    "yaml.no_value": ("a value is missing before this", "この前に値がない"),
    "yaml.item_place": (
        "a list item ('- …') cannot begin here",
        "ここにリストの項目（「- …」）は書けない",
    ),
    "yaml.new_line": ("begin it on a line of its own", "改行して新しい行に書く"),
    "yaml.after_value": (
        "text after the end of a value",
        "値の終わりの後ろに余分な文字がある",
    ),
    "yaml.quote_whole": (
        "put the whole text in one pair of quotation marks, or begin a new line",
        "全体を一組の引用符で囲むか、改行する",
    ),
    "yaml.first_character": (
        "plain text cannot begin with '{character}'",
        "引用符のない文字列は「{character}」で始められない",
    ),
    "yaml.quote_it": ("put the text in quotation marks", "文字列を引用符で囲む"),
    "yaml.escape": (
        "there is no character '\\{character}' in double quotation marks",
        "二重引用符の中の「\\{character}」という書き方はない",
    ),
    "yaml.escape_code": (
        "the code after '\\{character}' stands for no character",
        "「\\{character}」の後ろの文字コードが正しくない",
    ),
    "yaml.single_quotes": (
        "use single quotation marks, or '\\\\' for a backslash",
        "単一引用符を使うか、「\\\\」と書く",
    ),
    "yaml.alias_unknown": (
        "'*{name}' repeats something that is not marked '&{name}' before it",
        "「*{name}」が指す「&{name}」が、これより前にない",
    ),
    "yaml.quote_star": (
        "put text that begins with '*' in quotation marks",
        "「*」で始まる文字列は引用符で囲む",
    ),
    "yaml.too_many": (
        "the file has more than {most} values, repeated ones ('*name') counted each time",
        "値が{most}個を超えている（「*名前」による繰り返しもその都度数える）",
    ),
    "yaml.too_deep": (
        "nested more than {most} levels deep",
        "入れ子が{most}段を超えている",
    ),
    "yaml.tag": ("tags ('{tag}') are not used here", "タグ（「{tag}」）は使えない"),
    "yaml.quote_or_drop": (
        "drop it, or put text that begins with '!' in quotation marks",
        "削除する。「!」で始まる文字列なら引用符で囲む",
    ),
    "yaml.merge": ("merge keys ('<<') are not used here", "マージキー（「<<」）は使えない"),
    "yaml.write_out": ("write the keys out", "各項目を省略せずに書く"),
    "yaml.key_kind": (
        "a key must be text, not a list, a mapping or a repetition",
        "キーは文字列でなければならない（リスト、マッピング、繰り返しは使えない）",
    ),
    "yaml.key_empty": ("a key is empty", "キーが空である"),
    "yaml.key_twice": (
        "the key '{name}' is given twice; first on line {line}",
        "キー「{name}」が重複している（最初は{line}行目）",
    ),
    "yaml.second_document": (
        "a second document begins here; a file holds only one",
        "ここから二つ目の文書が始まる。一つのファイルに書けるのは一つだけ",
    ),
    "yaml.drop_dashes": (
        "delete the line '---' or '...', or use two files",
        "「---」や「...」の行を消すか、ファイルを分ける",
    ),
    "yaml.block_text": (
        "after '|' or '>' only '+', '-' or an indentation from 1 to 9 may follow",
        "「|」「>」の後ろに書けるのは「+」「-」と1〜9の字下げ幅だけ",
    ),
    "yaml.directive": (
        "a line that begins with '%' is not used here",
        "「%」で始まる行は使えない",
    ),
    "yaml.other": ("this cannot be read as YAML", "YAMLとして読み取れない"),
}
