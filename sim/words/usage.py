"""What `--help` prints, and what is said of a command that cannot be understood."""

from __future__ import annotations

from typing import Final

USAGE: Final[dict[str, tuple[str, str]]] = {
    "help.usage": ("Usage: {command}", "使い方：{command}"),
    "help.arguments": ("Arguments", "引数"),
    "help.options": ("Options", "オプション"),
    "help.commands": ("Commands", "コマンド"),
    "help.default": ("default: {value}", "既定：{value}"),
    "help.required": ("required", "必須"),
    "help.help": ("Show this message and exit.", "この説明を表示して終わる。"),
    "help.run": ("Compare the arms of a scenario.", "シナリオの比較対象を比べる。"),
    "help.check": (
        "Validate files; print one diagnosis a problem.",
        "ファイルを検証し、問題を一つずつ知らせる。",
    ),
    "help.list": (
        "List the procedures, agents and scenarios there are.",
        "手続・エージェント・シナリオの一覧を表示する。",
    ),
    "help.show": ("Draw the graph of a procedure.", "手続の図を描く。"),
    "help.plan": (
        "Print the plan that an agent derives for a goal.",
        "目標に対してエージェントが立てる計画を表示する。",
    ),
    "help.sources": (
        "List every number with its source and range, assumptions first.",
        "すべての数値と出典・範囲を、仮定を先にして表示する。",
    ),
    "help.calls": ("List the calls for subsidies that fit.", "条件に合う補助金の公募を表示する。"),
    "help.assumptions": (
        "Rank the assumptions by their effect on the difference of two arms.",
        "比較対象の差に効く順に仮定を並べる。",
    ),
    "help.schema": (
        "Print the JSON Schema of a kind of file, for editors.",
        "ファイルの種類ごとのJSON Schemaを出力する（エディター用）。",
    ),
    "help.program": (
        "Simulate government procedures on paper, online and with AI agents, and compare them.",
        "行政手続を、アナログ・デジタル・エージェント型AIのそれぞれで模擬し、比較する。",
    ),
    "help.lang": (
        "Language; by default that of LC_ALL or LANG.",
        "表示言語。既定ではLC_ALLまたはLANGの言語。",
    ),
    "help.channel": ("How the steps are done.", "作業を行うチャネル。"),
    "help.version": ("Print the version.", "バージョンを表示する。"),
    "help.scenario": ("Name or file of a scenario.", "シナリオの名前またはファイル。"),
    "help.set": ("Set the field at path P to V.", "パスPの項目を値Vにする。"),
    "help.lever": ("Set the lever N to V.", "レバーNを値Vにする。"),
    "help.replications": (
        "How many; by default the scenario's.",
        "反復の回数。既定ではシナリオの値。",
    ),
    "help.seed": ("Seed; by default the scenario's.", "乱数のシード。既定ではシナリオの値。"),
    "help.engine": ("What executes the model.", "モデルを実行するエンジン。"),
    "help.workers": ("Processes; by default one a CPU.", "プロセス数。既定ではCPUごとに一つ。"),
    "help.out": ("Folder to keep the result in.", "結果を保存するフォルダー。"),
    "help.full": (
        "Print all figures, not one screen of them.",
        "一画面の要約ではなく、すべての数値を表示する。",
    ),
    "help.json": ("Print one JSON object.", "一つのJSONオブジェクトとして出力する。"),
    "help.quiet": ("No progress, no colour.", "進み具合も色も表示しない。"),
    "help.files": ("YAML files.", "YAMLファイル。"),
    "help.procedure": ("Name of a procedure.", "手続の名前。"),
    "help.only_channel": (
        "Only what this channel does; by default all.",
        "このチャネルで行うものだけ。既定ではすべて。",
    ),
    "help.format": ("How to draw it.", "描き方。"),
    "help.goal": ("Documents to reach.", "目標の書類。"),
    "help.using": ("A procedure to use; by default all.", "使う手続。既定ではすべて。"),
    "help.have": ("A document at hand.", "手元にある書類。"),
    "help.say": ("What is wanted, in words.", "望むことを言葉で書く。"),
    "help.name": (
        "Scenario, procedure or agent, with all it works with; by default all.",
        "シナリオ、手続またはエージェント（関係するものを含む）。既定ではすべて。",
    ),
    "help.calls_file": (
        "JSON of the jGrants API; by default a few made-up calls.",
        "JグランツAPIのJSON。既定では架空の公募の例。",
    ),
    "help.words": ("Must stand in the title.", "題名に含まれる言葉。"),
    "help.area": ("Area, as 東京 or 関東.", "地域（東京、関東など）。"),
    "help.employees": ("Size of the company.", "会社の従業員数。"),
    "help.on": ("Day or moment when it is open.", "受付中である日または日時。"),
    "help.top": ("How many to show.", "表示する件数。"),
    "help.from": (
        "By default digital, or the first.",
        "差の元となる比較対象。既定ではdigital、なければ最初のもの。",
    ),
    "help.to": (
        "By default agentic, or the last.",
        "差の先となる比較対象。既定ではagentic、なければ最後のもの。",
    ),
    "help.kpi": (
        "What is compared, as in the result of a run.",
        "比べる指標。runの結果にある名前で書く。",
    ),
    "help.each_setting": ("How many of each setting.", "設定ごとの反復の回数。"),
    "help.most_cases": ("Cases in a replication, at most.", "反復1回あたりの案件数の上限。"),
    "help.kind": ("Kind of file.", "ファイルの種類。"),
    "usage.error": ("Error: {reason}", "エラー：{reason}"),
    "usage.help": ("Try '{command}' for help.", "「{command}」で説明を表示する。"),
    "usage.guess": ("{told}; did you mean '{guess}'?", "{told}。「{guess}」のことでは？"),
    "usage.no_option": ("there is no option '{name}'", "オプション「{name}」はない"),
    "usage.no_command": ("there is no command '{name}'", "コマンド「{name}」はない"),
    "usage.command": ("a command is missing", "コマンドの指定がない"),
    "usage.missing": ("{name} is missing", "{name}の指定がない"),
    "usage.bad_value": ("{name}: {reason}", "{name}：{reason}"),
    "usage.no_value": ("the option '{name}' needs a value", "オプション「{name}」には値が要る"),
    "usage.takes_no_value": (
        "the option '{name}' takes no value",
        "オプション「{name}」に値は付けられない",
    ),
    "usage.extra": ("one argument too many: '{name}'", "余分な引数がある：「{name}」"),
    "usage.other": ("this cannot be understood: {reason}", "理解できない：{reason}"),
}
