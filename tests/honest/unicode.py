# has: emojis, identifiers in Greek and Chinese, and a name with accents.
# student: "Łukasz-Müller-李雷"

# %% markdown after @3
Das ist schön 🎉 — ∑ᵢ xᵢ, عربي, 日本語

# %% extra
π = 3.14159
数据 = [1, 2, 3]
print("🚀" * 100, π, 数据)

# %% answer fvsbn_logits
def fvsbn_logits(x, α0, α):
    """Les scores zᵢ — « à l'heure »."""
    маска = torch.ones_like(α).tril(-1)
    return α0 + x @ (α * маска).T

# %% answer step
def step(a, xᵢ, wᵢ):
    Δ = xᵢ[:, None] * wᵢ  # 😀
    print("Δ =", Δ)
    return a + Δ
