# Eight seconds of sound were lost on the way: silence there is nobody's pause.
device-check
0:00 speak 140
0:20 lose audio
0:28 find
0:48 end
expect no hint long_pause
expect long_pauses under 0.1
hint 0:23.0 cannot_hear | nothing came from the microphone for 3.0 s
