"""The figure of docs/learning_rates.md: ``python docs/images/schedules.py`` draws it again."""

from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from sknn_edu.schedules import Cosine, CosLog, Linear, OneCycle

SCHEDULES = {
    '"cosine", Cosine(warmup=0.1)': (Cosine(), Cosine(warmup=0.1)),
    '"linear", Linear(warmup=0.1)': (Linear(), Linear(warmup=0.1)),
    '"one_cycle", OneCycle(warmup=0.1)': (OneCycle(), OneCycle(warmup=0.1)),
    '"coslog", CosLog(cycles=2)': (CosLog(), CosLog(cycles=2)),
}


def draw():
    """A panel for each schedule, with its settings and with others."""
    t = np.linspace(0, 1, 1001)
    fig, axes = plt.subplots(1, 4, figsize=(12, 2.7), sharey=True, layout="constrained")
    for ax, (title, schedules) in zip(axes, SCHEDULES.items(), strict=True):
        for schedule, line in zip(schedules, ("-", "--"), strict=True):
            ax.plot(t, [schedule.factor(time) for time in t.tolist()], line)
        ax.set_title(title, fontsize=10)
        ax.set_xlabel("time t")
        ax.grid(color="#e6e6e6")
    axes[0].set_ylabel("factor")
    return fig


if __name__ == "__main__":
    buffer = BytesIO()
    draw().savefig(buffer, dpi=100)
    palette = Image.open(buffer).convert("RGB").quantize(64)
    palette.save(Path(__file__).with_suffix(".png"), optimize=True)
