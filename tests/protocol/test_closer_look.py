"""The model's turn in the editor: asked in the background, shown when it is done, and never in the way."""

from pathlib import Path

import pytest
from editor import Editor
from lsprotocol import types
from programs import crash

PROGRAM = """\
class OutOfStock(Exception):
    pass


def reserve(stock, name, count):
    left = stock[name] - count
    if left < 0:
        raise OutOfStock(f"{-left} {name} too few")
    stock[name] = left


reserve({"pears": 2}, "pears", 5)
"""


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    """A log of a crash that no rule knows."""
    (tmp_path / "stock.py").write_text(PROGRAM)
    (tmp_path / "stock.log").write_text(crash("stock.py", tmp_path))
    return tmp_path


@pytest.mark.model
@pytest.mark.parametrize("name", ["neovim", "vscode"])
async def test_the_model_speaks_after_the_hover(name: str, stock: Path, env: dict[str, str], model_path: Path) -> None:
    editor = await Editor.start(name, stock, env, model={"path": str(model_path)})
    uri = editor.open(stock / "stock.log", "log")
    (diagnostic,) = await editor.diagnostics(uri)
    line = diagnostic.range.start.line
    first = await editor.hover(uri, line)
    assert "OutOfStock" in first
    assert "a closer look is on its way" in first

    async def spoken() -> str:
        hover = await editor.hover(uri, line)
        return "" if "on its way" in hover else hover

    assert "said by the model" in await editor.until(spoken)
    if editor.client.capabilities and editor.client.capabilities.window:
        begun = [report for reports in editor.client.progress_reports.values() for report in reports]
        assert any(isinstance(report, types.WorkDoneProgressEnd) for report in begun)
    assert await editor.stop() == 0


@pytest.mark.parametrize("damage", ["absent", "damaged", "off"])
async def test_without_a_model_everything_else_works(stock: Path, env: dict[str, str], damage: str) -> None:
    broken = stock / "broken.gguf"
    if damage == "damaged":
        broken.write_bytes(b"GGUF" + bytes(1000))
    model = {"enabled": False} if damage == "off" else {"path": str(broken)}
    editor = await Editor.start("neovim", stock, env, model=model)
    uri = editor.open(stock / "stock.log", "log")
    (diagnostic,) = await editor.diagnostics(uri)
    hover = await editor.hover(uri, diagnostic.range.start.line)
    assert "OutOfStock" in hover

    async def settled() -> bool:
        return "on its way" not in await editor.hover(uri, diagnostic.range.start.line)

    assert await editor.until(settled)
    command = types.ExecuteCommandParams("crashlight.status", [{}])
    status = await editor.client.workspace_execute_command_async(command)
    (model_check,) = [check for check in status["checks"] if check["name"] == "model"]
    assert model_check["status"] == "degraded"
    assert damage == "off" or model_check["cure"]
    assert await editor.stop() == 0
