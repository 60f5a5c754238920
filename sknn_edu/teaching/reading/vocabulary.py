"""What arrays are called in courses, books and forums."""

from __future__ import annotations

import re

COUNTED = re.compile(
    r"(weights?|w|biase?s?|b|z|a|d|da|dz|dw|db|del|delta|layer|l|syn|theta|h)([0-9])"
)
FAMILIES = {
    **dict.fromkeys(("weight", "weights", "w", "syn", "theta", "kernel", "synapse"), "W"),
    **dict.fromkeys(("bias", "biases", "b"), "b"),
    **dict.fromkeys(("z", "zs", "net", "preactivation", "preactivations", "s", "u"), "Z"),
    **dict.fromkeys(("a", "activation", "activations", "layer", "l", "act", "h", "o"), "A"),
    **dict.fromkeys(("delta", "deltas", "dz", "del", "error", "errorterm"), "delta"),
    **dict.fromkeys(("dw", "nablaw", "gradw", "dweight", "dweights", "wgrad", "weightgrad"), "dW"),
    **dict.fromkeys(("weightgrads", "weightsgrad", "deltaw", "weightsgradient", "dsyn"), "dW"),
    **dict.fromkeys(("db", "nablab", "gradb", "dbias", "dbiases", "bgrad", "biasgrad"), "db"),
    **dict.fromkeys(("biasgrads", "deltab", "biasgradient"), "db"),
    **dict.fromkeys(("da", "grada", "dl", "dlayer", "dh", "gradh"), "dA"),
}
FAMILIES |= {
    f"d{loss}d{letter}": family
    for loss in ("j", "l", "c", "e", "loss", "cost")
    for letter, family in {"w": "dW", "b": "db", "z": "delta", "a": "dA"}.items()
}
FAMILIES |= {"ws": "W", "bs": "b", "as": "A", "acts": "A", "hs": "A", "dws": "dW", "dbs": "db"}
RATES = {"lr", "eta", "learningrate", "stepsize", "learnrate", "rate"}
RATES |= {"tasa", "tasaaprendizaje", "tasadeaprendizaje", "taxa", "taxaaprendizado", "lernrate"}
WITHOUT_LAYER = {"delta", "dz", "dw", "db", "gradw", "gradb", "errorterm"}
WITHOUT_LAYER |= {f"d{loss}d{letter}" for loss in "jlce" for letter in "wbz"}
NUMBERS_OF_LAYERS = {"L", "n_layers", "num_layers", "nlayers", "layers_count", "nb_layers"}
NUMBERS_OF_LAYERS |= {"total_layers", "number_of_layers", "layer_count", "numLayers"}
LISTS_OF_SIZES = {"layers", "sizes", "layerdims", "layersdims", "layersizes", "activations", "dims"}
LISTS_OF_SIZES |= {"topology", "topologia", "architecture", "layerunits", "structure", "layersizes"}
LISTS_OF_PARAMETERS = {"parameters", "params", "grads", "parametres", "parametros", "parameter"}
NUMBERED = re.compile(r"([a-z]+?)([0-9]+)([a-z]*)")
# In a network with one hidden layer; L stands for the last layer.
IN_WORDS = {
    **dict.fromkeys(("wih", "wh", "whidden", "weightsinputhidden", "weightsih"), "W1"),
    **dict.fromkeys(("inputhiddenweights", "weightshidden", "hiddenweights", "winputhidden"), "W1"),
    **dict.fromkeys(("who", "wo", "wout", "woutput", "weightshiddenoutput", "weightsho"), "WL"),
    **dict.fromkeys(
        ("hiddenoutputweights", "weightsoutput", "outputweights", "whiddenoutput"), "WL"
    ),
    **dict.fromkeys(("bh", "bhidden", "biashidden", "hiddenbias"), "b1"),
    **dict.fromkeys(("bo", "bout", "boutput", "biasoutput", "outputbias"), "bL"),
    **dict.fromkeys(("hiddeninput", "hiddeninputs", "hiddenlayerinput", "zhidden", "zh"), "Z1"),
    **dict.fromkeys(
        ("hidden", "hiddenoutput", "hiddenoutputs", "hiddenlayeroutput", "ahidden"), "A1"
    ),
    **dict.fromkeys(
        ("hiddenlayer", "hiddenlayeractivations", "hiddenactivations", "hiddenlayeractivation"),
        "A1",
    ),
    **dict.fromkeys(("hrelu", "ah", "hid", "hiddenvalues", "hiddenact"), "A1"),
    **dict.fromkeys(("hiddenin", "hiddenlayerin"), "Z1"),
    **dict.fromkeys(("outputin", "outputlayerin"), "ZL"),
    "outputlayer": "AL",
    **dict.fromkeys(
        (
            "finalinputs",
            "finalinput",
            "outputinput",
            "scores",
            "logits",
            "zoutput",
            "zo",
            "outputlayerinput",
        ),
        "ZL",
    ),
    **dict.fromkeys(("finaloutputs", "finaloutput", "aoutput", "ao", "outputlayeroutput"), "AL"),
    **dict.fromkeys(
        ("output", "predictedoutput", "outputs", "yhat", "ypred", "pred", "predict", "probs"), "AL"
    ),
    **dict.fromkeys(
        ("outputdelta", "deltaoutput", "odelta", "dscores", "doutput", "deltao"), "deltaL"
    ),
    **dict.fromkeys(("dpredictedoutput", "outputerrorterm", "dlogits", "dzoutput"), "deltaL"),
    **dict.fromkeys(
        ("hiddendelta", "deltahidden", "dhiddenlayer", "deltah", "hiddenerrorterm"), "delta1"
    ),
    **dict.fromkeys(("dzhidden",), "delta1"),
    **dict.fromkeys(("dwh", "dwhidden", "dwih"), "dW1"),
    **dict.fromkeys(("dwo", "dwout", "dwoutput", "dwho"), "dWL"),
}
DATA = {
    **dict.fromkeys(("penalty", "reg", "regstrength", "weightdecay", "l2reg", "lambd"), "alpha"),
    **dict.fromkeys(
        ("onehoty", "yonehot", "yenc", "yencoded", "targets", "target", "tlabels"), "Y"
    ),
    **dict.fromkeys(
        ("expectedoutput", "expected", "desired", "yb", "ybatch", "trainy", "ytrain", "labels"), "Y"
    ),
    **dict.fromkeys(
        ("inputs", "input", "inputvector", "xbatch", "xb", "trainx", "xtrain", "data", "inputdata"),
        "X",
    ),
    **dict.fromkeys(("entradas", "entrada", "eingabe", "eingaben", "datosentrada"), "X"),
    **dict.fromkeys(("objetivo", "objetivos", "esperado", "esperados", "salidaesperada"), "Y"),
    **dict.fromkeys(("salidasesperadas", "saidaesperada", "alvo", "alvos", "zielwerte"), "Y"),
    **dict.fromkeys(("ziel", "sollwerte", "salidadeseada", "etiquetas"), "Y"),
}
