# The microphone is switched off in the middle of a sentence.
device-check
only cannot_hear
0:00 speak 140
0:20 lose audio
0:30 end
expect hint cannot_hear between 0:22.8 and 0:24
hint 0:23.0 cannot_hear | nothing came from the microphone for 3.0 s
